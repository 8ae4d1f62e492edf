import type { Schema } from '../../../shapes/json-schema.ts';
import { wordOfFormat } from '../../../shapes/least-value.ts';
import { cityNames, countries, findCity, namedOfKind, namesIn } from '../places.ts';
import { sentencesOf } from '../words.ts';
import { countsIn, datesIn, moneyIn, relativeDay, timesIn } from './quantities.ts';

/** A word that begins with a capital letter, as part of a regular expression. */
const capital = "\\p{Lu}[\\p{L}'’-]+";
const person = new RegExp(
  `\\b(?:[Mm]y name is|I am|I'm|[Tt]his is|[Cc]alled|[Nn]amed|[Nn]ame:|[Cc]ustomer:|[Ff]rom:|[Rr]egards,?|[Ss]incerely,?|[Cc]heers,?|[Tt]hanks,|[Ss]igned,?)\\s+(${capital}(?: ${capital}){0,2})|\\b(?:Mr|Mrs|Ms|Dr|Prof)\\.? (${capital}(?: ${capital})?)`,
  'u',
);
const identifier =
  /\b(?:order|invoice|ticket|reference|booking|tracking|customer|case|account|serial|model|flight)\s*(?:number|no\.?|id|code|#)?\s*(?:is\s+)?[:#]?\s*([A-Z0-9][A-Z0-9-]*\d[A-Z0-9-]*)\b|#\s?(\d[\w-]*)/i;
const bought =
  /\b(?:ordered|bought|purchased?|buy|order|received|return(?:ing)?|want|need|sells?|got|sent)\s+(?:me\s+)?(?:(?:the|a|an|my|some|your|this|\d+|one|two|three|four|five|six)\s+)?((?:[\p{L}-]+ ){0,2}[\p{L}-]+?)(?=\s+(?:for|from|on|in|at|and|to|with|but|which|that|last|yesterday|today|because|is|was|are|were|of)\b|[.,;!?\n]|$)/iu;
const common = new Set(
  'The This That These Those I We You He She It They My Our Your His Her Their A An In On At For From To And But Or If When Please Hello Hi Dear Thanks Thank Yes No Not Is Are Was Were Do Does Did Can Could Would Will Order Customer Name Date Ticket Invoice Text Message Email Subject Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Regards Extract Input Output JSON Give Find Set Turn Book Send What Which Who How Where Why There Today Tomorrow Yesterday Mr Mrs Ms Dr'.split(
    ' ',
  ),
);

/** The first city of a text that is known here. */
function cityIn(text: string) {
  return findCity(namesIn(text, cityNames)[0] ?? '');
}

const behindPlace = new RegExp(`\\b(?:in|to|from|at|near|for|of)\\s+(${capital}(?: ${capital}){0,2})`, 'gu');

/** A capitalised name behind a preposition of place. */
function placeIn(text: string): string | undefined {
  const found = [...text.matchAll(behindPlace)].map(([, name = '']) => name);
  return found.find((name) => !common.has(name.split(' ')[0] ?? ''));
}

/** The capitalised name behind a preposition such as `from`. Pure. */
function namedAfter(preposition: string, text: string): string | undefined {
  return new RegExp(`\\b${preposition} (${capital}(?: ${capital}){0,2})`, 'u').exec(text)?.[1];
}

const region = new RegExp(
  `^(?:,? ?(?!${[...common].slice(0, 60).join('\\b|')}\\b)\\p{Lu}[\\p{L}]+){0,2}`,
  'u',
);

/** A city with what is written behind it: `Toronto, Ontario, Canada`. */
function locationIn(text: string): string | undefined {
  const city = cityIn(text)?.name ?? placeIn(text);
  if (city === undefined) return namesIn(text, countries)[0];
  const at = text.toLowerCase().indexOf(city.toLowerCase());
  return city + (region.exec(text.slice(at + city.length))?.[0] ?? '');
}

const noGoods = /^(?:to|it|you|me|help|know|total|sum)\b/i;
const measures =
  /^(?:euros?|dollars?|pounds?|%|am|pm|days?|hours?|minutes?|weeks?|years?|of|st|th|people|times?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b/;
const broken =
  /\b(?:the|my|this) ((?:[\p{L}-]+ )?[\p{L}-]+) (?:is|was|does|has|arrived|broke|stopped|came)\b/iu;

/** What somebody bought, wants or complains about. */
function productIn(text: string): string | undefined {
  const named = bought.exec(text)?.[1]?.trim() ?? '';
  if (named !== '' && !noGoods.test(named)) return named;
  const counted = countsIn(text).find(({ unit }) => unit !== '' && !measures.test(unit))?.unit;
  return counted?.replace(/ (?:for|and|from|to|at|in|on|each|with)\b.*$/, '') ?? broken.exec(text)?.[1];
}

const quotedName = /\b(?:named|called|name(?: is)?):? ["'“‘]([^"'”’\n]{1,60})["'”’]/i;

const capitals = new RegExp(`${capital}(?: ${capital}){0,2}`, 'gu');

/** The name of a person, introduced or else standing there with two words. */
function nameIn(text: string): string | undefined {
  const quoted = quotedName.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  const told = person.exec(text);
  const direct = told?.[1] ?? told?.[2];
  if (direct !== undefined && !common.has(direct.split(' ')[0] ?? '')) return direct;
  const runs = [...text.matchAll(capitals)]
    .map((match) =>
      match[0]
        .split(' ')
        .filter((word, index) => index > 0 || !common.has(word))
        .join(' '),
    )
    .filter(
      (name) => name !== '' && !common.has(name) && findCity(name) === undefined && !countries.includes(name),
    );
  return runs.find((name) => name.includes(' ')) ?? runs.find((name) => text.indexOf(name) > 0) ?? runs[0];
}

const phone = /(?<![\w-])(?!\d{4}-\d{2}-)\+?\(?\d[\d\s().-]{5,18}\d(?![\w-])/;
const zone =
  /\b[A-Z][a-z]+\/[A-Z][A-Za-z_]+\b|\bUTC(?:[+-]\d{1,2})?\b|\b(?:EST|EDT|CET|CEST|PST|PDT|GMT|JST)\b/;

/** The first word in capitals, as the signs of stations, shares and airports are written. */
function capitalsIn(text: string): string | undefined {
  return text.match(/\b[A-Z][A-Z0-9]{1,5}\b/g)?.find((word) => !/^(?:JSON|OK|API|AM|PM|USD|EUR)$/.test(word));
}

const mail = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/;

/** What a schema's string is to hold, and how it is found. The first that fits the name or the description counts. */
const finders: readonly (readonly [RegExp, (text: string) => string | undefined])[] = [
  [/\be-?mail\b/, (text) => mail.exec(text)?.[0]],
  [/\b(?:url|link|website|web page|uri)\b/, (text) => /https?:\/\/[^\s<>"')]*[^\s<>"').,;]/.exec(text)?.[0]],
  [/\b(?:phone|telephone|mobile|fax)\b/, (text) => phone.exec(text)?.[0]],
  [/^(?:origin|departure|from|source)(?: city| airport| station)?$/, (text) => namedAfter('from', text)],
  [
    /^(?:destination|arrival|to|target)(?: city| airport| station)?$/,
    (text) => mail.exec(text)?.[0] ?? namedAfter('to', text) ?? locationIn(text),
  ],
  [/\b(?:time ?zone|timezone|tz)\b/, (text) => zone.exec(text)?.[0] ?? cityIn(text)?.timeZone],
  [/\bcurrency\b/, (text) => moneyIn(text)[0]?.currency],
  [
    /\b(?:date|day|when|deadline|birthday|due)\b/,
    (text) => datesIn(text)[0]?.iso ?? datesIn(text)[0]?.written ?? relativeDay(text),
  ],
  [/\btime\b/, (text) => timesIn(text)[0]],
  [/\bcountry\b/, (text) => namesIn(text, countries)[0] ?? cityIn(text)?.country],
  [/\b(?:city|town)\b/, (text) => cityIn(text)?.name ?? placeIn(text)],
  [/\b(?:location|place|destination|where|venue)\b/, (text) => locationIn(text)],
  [
    /\b(?:order|invoice|ticket|booking|reference|tracking|serial|customer|account|flight|product) (?:number|no|id|code)\b|\b(?:id|identifier|code)\b/,
    (text) => identifier.exec(text)?.slice(1).find(Boolean),
  ],
  [/\b(?:ticker|symbol|(?:call ?)?sign|iata|airport)\b/, (text) => capitalsIn(text)],
  [/\b(?:product|item|article|goods|purchase)\b/, productIn],
  [
    /\b(?:person|customer|full ?name|first ?name|last ?name|surname|author|sender|speaker|contact|buyer|user|guest|employee|candidate|patient|recipient|name|who)\b/,
    nameIn,
  ],
  [
    /\b(?:summary|description|reason|message|text|content|note|comment|complaint|problem|issue|body|details|query|question|search|prompt|input|topic|title|headline|subject)\b/,
    (text) => sentencesOf(text)[0],
  ],
];

function finderFor(about: string): ((text: string) => string | undefined) | undefined {
  return finders.find(([pattern]) => pattern.test(about))?.[1];
}

/** The words of a name such as `orderNumber` or `order_number`, spaced, in lower case. Pure. */
export function spokenName(name: string): string {
  return name
    .replace(/[_-]+/g, ' ')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}

/** The part of a text that a schema's string asks for, by its name and then by its description. Pure. */
export function stringFor(name: string, schema: Schema, text: string): string | undefined {
  if (schema.format === 'date') return datesIn(text)[0]?.iso;
  if (schema.format === 'date-time') {
    const day = datesIn(text)[0]?.iso;
    return day === undefined ? undefined : `${day}T${timesIn(text)[0] ?? '00:00'}:00Z`;
  }
  if (schema.format === 'time') return timesIn(text)[0]?.concat(':00Z');
  if (schema.format === 'email') return finderFor('email')?.(text);
  const word = schema.format === undefined ? undefined : wordOfFormat(schema.format, text);
  if (word !== undefined) return word;
  const spoken = spokenName(name);
  const labelled = labelledValue(spoken, text);
  if (labelled !== undefined) return labelled;
  const description = String(schema.description ?? schema.title ?? '').toLowerCase();
  for (const about of [spoken, description]) {
    const last = about.split(' ').at(-1) ?? '';
    const named = namedOfKind(last, text);
    if (named?.[0] !== undefined && !/^(?:city|country|place|location|destination|day)$/.test(last))
      return named[0];
    const find = finderFor(about);
    if (find !== undefined) return find(text);
  }
  return undefined;
}

/** `Colour: blue`, `the colour is blue`. */
function labelledValue(spoken: string, text: string): string | undefined {
  const name = spoken.replace(/[^\p{L}\p{N} ]/gu, '').trim();
  // A pattern costs more to make than to look with.
  if (name.length < 2 || !text.toLowerCase().includes(name)) return undefined;
  const find = (pattern: string, flags: string) => new RegExp(pattern, flags).exec(text)?.[1]?.trim();
  const line = find(
    `(?:^|\\n|[,;.]\\s)\\s*(?:[-*] )?${name}s?\\s*[:=]\\s*([^\\n;]{1,120}?)(?=\\s*(?:[\\n;]|$|[,.]\\s+[\\p{L} ]{2,20}[:=]))`,
    'iu',
  );
  if (line !== undefined) return line.replace(/[.,]$/, '');
  const called = find(`\\b[Tt]he ${name} (${capital}(?: ${capital}){0,2})`, 'u');
  if (called !== undefined) return called;
  const quoted = find(`\\b${name}:? ["“]([^"“”\\n]{1,200})["”]`, 'iu');
  if (quoted !== undefined) return quoted;
  const said = find(
    `\\b(?:my|the|his|her|our|their) ${name} (?:is|was|are)(?: called| named)? ([^.,;!?\\n]{1,80}?)(?=\\s+(?:and|but|for|on|in|at)\\b|[.,;!?\\n]|$)`,
    'iu',
  );
  const isNoValue = /^(?:not|very|so|too|broken|late|wrong|in|on|at)\b/i.test(said ?? '');
  return isNoValue ? undefined : said?.replace(/^["“]|["”]$/g, '');
}
