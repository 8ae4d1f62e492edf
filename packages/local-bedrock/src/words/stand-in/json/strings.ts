import { namedOfKind } from '../kinds.ts';
import { sentencesOf } from '../memory/told.ts';
import { countries, namesIn } from '../places.ts';
import { datesIn, relativeDay, timesIn } from './dates.ts';
import {
  capital,
  cityIn,
  companyIn,
  identifierIn,
  locationIn,
  namedAfter,
  nameIn,
  phone,
  placeIn,
  productIn,
} from './names.ts';
import { moneyIn } from './numbers.ts';
import type { Schema } from './schema.ts';

/** What a schema's string is to hold, and how it is found. The first that fits the name or the description counts. */
const finders: readonly (readonly [RegExp, (text: string) => string | undefined])[] = [
  [/\be-?mail\b/, (text) => /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(text)?.[0]],
  [
    /\b(?:url|link|website|web page|uri)\b/,
    (text) => /https?:\/\/[^\s<>"')]+|\bwww\.[^\s<>"')]+/.exec(text)?.[0].replace(/[.,;]$/, ''),
  ],
  [/\b(?:phone|telephone|mobile|fax)\b/, phone],
  [/^(?:origin|departure|from|source)(?: city| airport| station)?$/, (text) => namedAfter('from', text)],
  [
    /^(?:destination|arrival|to|target)(?: city| airport| station)?$/,
    (text) => namedAfter('to', text) ?? locationIn(text),
  ],
  [
    /\b(?:time ?zone|timezone|tz)\b/,
    (text) =>
      /\b[A-Z][a-z]+\/[A-Z][A-Za-z_]+\b|\bUTC(?:[+-]\d{1,2})?\b|\b(?:EST|EDT|CET|CEST|PST|PDT|GMT|JST)\b/.exec(
        text,
      )?.[0] ?? cityIn(text)?.timeZone,
  ],
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
    identifierIn,
  ],
  [/\b(?:company|organi[sz]ation|employer|vendor|supplier|brand|merchant|shop|store|seller)\b/, companyIn],
  [/\b(?:product|item|article|goods|purchase)\b/, productIn],
  [
    /\b(?:person|customer|full ?name|first ?name|last ?name|surname|author|sender|speaker|contact|buyer|user|guest|employee|candidate|patient|recipient|name|who)\b/,
    nameIn,
  ],
  [
    /\b(?:title|headline|subject)\b/,
    (text) => /\b(?:subject|title):\s*([^\n]+)/i.exec(text)?.[1]?.trim() ?? sentencesOf(text)[0],
  ],
  [
    /\b(?:summary|description|reason|message|text|content|note|comment|complaint|problem|issue|body|details|query|question|search|prompt|input|topic)\b/,
    (text) => sentencesOf(text)[0],
  ],
];

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
  if (schema.format === 'time') return timesIn(text)[0];
  if (schema.format === 'email') return finderFor('email')?.(text);
  if (schema.format === 'uri' || schema.format === 'url') return finderFor('url')?.(text);
  const spoken = spokenName(name);
  const labelled = labelledValue(spoken, text);
  if (labelled !== undefined) return labelled;
  const description = (schema.description ?? schema.title ?? '').toLowerCase();
  for (const about of [spoken, description]) {
    const last = about.split(' ').at(-1) ?? '';
    const named = namedOfKind(last, text);
    if (named?.[0] !== undefined && !/^(?:city|country|place|location|destination|day)$/.test(last))
      return named[0];
    const find = about === '' ? undefined : finderFor(about);
    if (find !== undefined) return find(text);
  }
  return undefined;
}

function finderFor(about: string): ((text: string) => string | undefined) | undefined {
  return finders.find(([pattern]) => pattern.test(about))?.[1];
}

/** `Colour: blue`, `the colour is blue`. */
function labelledValue(spoken: string, text: string): string | undefined {
  const name = spoken.replace(/[^\p{L}\p{N} ]/gu, '').trim();
  if (name.length < 2) return undefined;
  const line = new RegExp(
    `(?:^|\\n|[,;.]\\s)\\s*(?:[-*] )?${name}s?\\s*[:=]\\s*([^\\n;]{1,120}?)(?=\\s*(?:[\\n;]|$|[,.]\\s+[\\p{L} ]{2,20}[:=]))`,
    'iu',
  ).exec(text)?.[1];
  if (line !== undefined) return line.trim().replace(/[.,]$/, '');
  const called = new RegExp(`\\b[Tt]he ${name} (${capital}(?: ${capital}){0,2})`, 'u').exec(text)?.[1];
  if (called !== undefined) return called;
  const said = new RegExp(
    `\\b(?:my|the|his|her|our|their) ${name} (?:is|was|are)(?: called| named)? ([^.,;!?\\n]{1,80}?)(?=\\s+(?:and|but|for|on|in|at)\\b|[.,;!?\\n]|$)`,
    'iu',
  ).exec(text)?.[1];
  return said === undefined || /^(?:not|very|so|too|broken|late|wrong|in|on|at)\b/i.test(said)
    ? undefined
    : said.trim().replace(/^["“]|["”]$/g, '');
}
