const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const month =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${month}\\b\\.?,?(?: (\\d{4}))?`, 'gi');
const monthFirst = new RegExp(`\\b${month}\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (\\d{4}))?`, 'gi');
const european = /\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g;
const relative =
  /\b(?:today|tomorrow|yesterday|tonight|(?:next|this|on) (?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i;
const clock = /\b(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)|\b([01]?\d|2[0-3]):([0-5]\d)\b/gi;

/** The dates of a text, in its order; `iso` is absent where the text gives no year. Pure. */
export function datesIn(text: string): { at: number; written: string; iso?: string }[] {
  const found: { at: number; written: string; iso?: string }[] = [];
  const add = (
    match: RegExpExecArray,
    year: string | undefined,
    monthNumber: number,
    day: string | undefined,
  ) => {
    const isReal = monthNumber >= 1 && monthNumber <= 12 && Number(day) >= 1 && Number(day) <= 31;
    if (!isReal || found.some(({ at }) => Math.abs(at - match.index) < 4)) return;
    const whole = `${year}-${String(monthNumber).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    found.push({ at: match.index, written: match[0].trim(), ...(year === undefined ? {} : { iso: whole }) });
  };
  for (const match of text.matchAll(iso)) add(match, match[1], Number(match[2]), match[3]);
  for (const match of text.matchAll(european)) add(match, match[3], Number(match[2]), match[1]);
  for (const match of text.matchAll(dayFirst)) add(match, match[3], monthOf(match[2]), match[1]);
  for (const match of text.matchAll(monthFirst)) add(match, match[3], monthOf(match[1]), match[2]);
  return found.sort((one, other) => one.at - other.at);
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

function monthOf(name: string | undefined): number {
  return months.findIndex((full) => full.startsWith((name ?? '?').toLowerCase().slice(0, 3))) + 1;
}
