import { stem, wordsOf } from '../words.ts';

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const month = `((?:${months.join('|')})[a-z]*)`;
const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${month}\\b\\.?,?(?: (\\d{4}))?`, 'gi');
const monthFirst = new RegExp(`\\b${month}\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (\\d{4}))?`, 'gi');
const relative =
  /\b(?:today|tomorrow|yesterday|tonight|(?:next|this|on) (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i;
const clock = /\b(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)|\b([01]?\d|2[0-3]):([0-5]\d)\b/gi;

/** The dates of a text, in its order; `iso` is absent where the text gives no year. Pure. */
export function datesIn(text: string): { at: number; written: string; iso?: string }[] {
  const found = [
    ...[...text.matchAll(iso)].map((match) => dateOf(match, match[1], Number(match[2]), match[3])),
    ...[...text.matchAll(dayFirst)].map((match) => dateOf(match, match[3], monthOf(match[2]), match[1])),
    ...[...text.matchAll(monthFirst)].map((match) => dateOf(match, match[3], monthOf(match[1]), match[2])),
  ];
  return found.filter((date) => date !== undefined).sort((one, other) => one.at - other.at);
}

function dateOf(match: RegExpExecArray, year: string | undefined, monthNumber: number, day = '') {
  if (monthNumber < 1 || monthNumber > 12 || Number(day) < 1 || Number(day) > 31) return undefined;
  const whole = `${year}-${String(monthNumber).padStart(2, '0')}-${day.padStart(2, '0')}`;
  return { at: match.index, written: match[0].trim(), ...(year !== undefined && { iso: whole }) };
}

/** A day that is named in relation to now, such as `tomorrow`. Pure. */
export function relativeDay(text: string): string | undefined {
  return relative.exec(text)?.[0].replace(/^(?:on|this) /i, '');
}

/** Times of day as HH:MM, in the text's order. Pure. */
export function timesIn(text: string): string[] {
  return [...text.matchAll(clock)].map((match) => {
    const [, hour12, minute12 = '00', half = '', hour24, minute24 = '00'] = match;
    if (hour24 !== undefined) return `${hour24.padStart(2, '0')}:${minute24}`;
    const hour = (Number(hour12) % 12) + (/^p/i.test(half) ? 12 : 0);
    return `${String(hour).padStart(2, '0')}:${minute12}`;
  });
}

function monthOf(name = '?'): number {
  return months.indexOf(name.toLowerCase().slice(0, 3)) + 1;
}

const numerals = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const number = String.raw`(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?)`;
const amount = new RegExp(
  `([$€£¥])\\s?(${number})|\\b(USD|EUR|GBP|CHF|CAD|JPY)\\s?(${number})|(${number})\\s?(dollars?|euros?|pounds?|yen|francs?|USD|EUR|GBP|CHF|CAD|JPY|€|£)(?!\\w)`,
  'gi',
);
const counted = new RegExp(
  `(?<![\\w.#:/-])(${number}|${numerals.slice(1).join('|')})(?![\\d:/]|-\\d)\\s*(%|[\\p{L}°]+(?: [\\p{L}]+){0,2})?`,
  'giu',
);

const currency = /^(?:dollars?|euros?|pounds?|yen|francs?|usd|eur|gbp|chf|cad|jpy|%)\b/;
const currencies = new Map(
  '$ USD,€ EUR,£ GBP,¥ JPY,dollar USD,euro EUR,pound GBP,yen JPY,franc CHF'
    .split(',')
    .map((row) => row.split(' ') as [string, string]),
);

/** The amounts of money in a text, in its order, each with its ISO 4217 code. Pure. */
export function moneyIn(text: string): { value: number; currency: string; at: number }[] {
  return [...text.matchAll(amount)].map((match) => {
    const [, sign, first, code, second, third, word = ''] = match;
    const name = (sign ?? code ?? word).toLowerCase().replace(/s$/, '');
    return {
      value: toNumber(first ?? second ?? third ?? ''),
      currency: currencies.get(name) ?? name.toUpperCase(),
      at: match.index,
    };
  });
}

/** The numbers of a text with what they count, in its order. Dates, times and identifiers are left out. Pure. */
export function countsIn(text: string): { value: number; unit: string }[] {
  return [...text.matchAll(counted)].map((match) => ({
    value: toNumber(match[1] ?? ''),
    unit: (match[2] ?? '').toLowerCase(),
  }));
}

const ageIn =
  /\b(\d{1,3})[ -]?(?:years?[ -]old|years? of age)|\baged? (\d{1,3})\b|\b(?:I am|I'm|is) (\d{1,3})\b/i;

/** The number that goes with the words of a name such as `guest_count`; `undefined` when none does. Pure. */
export function numberFor(name: string, description: string, text: string): number | undefined {
  const words = wordsOf(`${name.replace(/[_-]/g, ' ').replace(/(?<=[a-z])(?=[A-Z])/g, ' ')} ${description}`);
  const about = new Set(words.map(stem));
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word));
  const labelled = labelledNumber(words, text);
  if (labelled !== undefined) return labelled;
  if (has(/^(?:price|cost|amount|total|fee|budget|paid|salary|money|sum|usd|eur)$/)) {
    const money = moneyIn(text);
    const near = money.find(({ at }) => nearby(text, at, about));
    const one = near ?? (has(/^total$/) ? money.at(-1) : money[0]);
    if (one !== undefined) return one.value;
  }
  if (has(/^age$|^years?$/) && has(/^age$|^old$/)) {
    const age = ageIn.exec(text)?.slice(1).find(Boolean);
    if (age !== undefined) return Number(age);
  }
  const counts = countsIn(text).filter(({ unit }) => !currency.test(unit));
  const named = counts.find(({ unit }) =>
    wordsOf(unit).some((word) => about.has(stem(word)) || alike(word, words)),
  );
  if (named !== undefined) return named.value;
  const isCount =
    has(/^(?:quantity|count|a|b|x|y|value|n|first|second|limit|k|top|days)$/) || name === 'number';
  return isCount ? counts[0]?.value : undefined;
}

/** `guests: 4`, `guests are 4`. */
function labelledNumber(words: readonly string[], text: string): number | undefined {
  const lower = text.toLowerCase();
  for (const word of words.filter((one) => one.length > 2).slice(0, 6)) {
    if (!lower.includes(word) || /^(?:number|of|the|for|amount)$/.test(word)) continue;
    const pattern = new RegExp(
      `\\b${word.replace(/[^\p{L}\p{N}]/gu, '')}s?\\b\\s*(?:(?:number|no\\.?|id)\\s*)?(?::|=|#|is|are|of|was)?\\s*[$€£¥#]?(${number})`,
      'iu',
    );
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return toNumber(found);
  }
  return undefined;
}

/** Words of one meaning: what a text counts, and what a name calls it. */
const groups = [
  'people person persons guest guests adult adults seat seats traveller travellers passenger passengers party size',
  'day days night nights duration',
  'degree degrees temperature celsius fahrenheit',
  'minute minutes hour hours duration',
  'percent percentage rate',
  'item items piece pieces unit units quantity copies',
].map((words) => new Set(words.split(' ')));

function alike(unit: string, words: readonly string[]): boolean {
  return groups.some((group) => group.has(unit) && words.some((word) => group.has(word)));
}

function nearby(text: string, at: number, about: ReadonlySet<string>): boolean {
  return wordsOf(text.slice(Math.max(0, at - 30), at + 30)).some((word) => about.has(stem(word)));
}

function toNumber(text: string): number {
  const word = numerals.indexOf(text.toLowerCase());
  return word >= 0 ? word : Number(text.replaceAll(',', ''));
}
