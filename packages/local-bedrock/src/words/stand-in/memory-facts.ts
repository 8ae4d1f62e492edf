import { stem, toSecondPerson } from './words.ts';

const name = "\\p{Lu}[\\p{L}'’-]*(?: \\p{Lu}[\\p{L}'’-]*){0,2}";
const whose = "(?:[Mm]y|[Uu]ser[’']s|[Yy]our)";
const who = '(?:I|[Uu]ser)';
const rest = '([^.!?;,\\n]{1,80}?)(?=\\s+(?:and|but|where|which|who|because|so)\\b|[.!?;,\\n]|$)';

/** Something people say of themselves and later ask for. */
interface Fact {
  /** How it is asked for. */
  readonly asked: RegExp;
  /** How it is said; the first group is the value. */
  readonly told: readonly RegExp[];
  /** What is missing when it was never said. */
  readonly subject: string;
  write(value: string): string;
}

const facts: readonly Fact[] = [
  {
    asked: /\bmy (?:first |full |last )?name(?! of)\b(?!'s)|\bwho am i\b|\bwhat am i called\b/i,
    told: [
      /\b[Mm]y (?:full |first )?name(?:[’']s| is)\s+(?:called )?([\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]*){0,2})/u,
      new RegExp(`\\b(?:[Uu]ser[’']s name is|[Uu]ser is (?:called|named)|[Uu]ser,? named)\\s+(${name})`, 'u'),
      new RegExp(`\\b(?:[Cc]all me|I[’']m called|I am called|I[’']m named|[Tt]his is)\\s+(${name})`, 'u'),
      new RegExp(`\\b(?:I[’']m|I am)\\s+(${name})(?=\\s*(?:[.,!;]|$|and\\b|from\\b|\\())`, 'u'),
    ],
    subject: 'your name',
    write: (value) => `Your name is ${value}.`,
  },
  {
    asked: /\bwhere (?:do i live|am i living|is my home)\b|\bwhich (?:city|town|country) do i live in\b/i,
    told: [
      new RegExp(
        `\\b${who}(?:[’']m| am)?(?: currently| now)? (?:lives?|living|moved|based)(?: in| to) ${rest}`,
        'u',
      ),
    ],
    subject: 'where you live',
    write: (value) => `You live in ${value}.`,
  },
  {
    asked: /\bwhere (?:am i|do i come) from\b|\bwhat country am i from\b/i,
    told: [
      new RegExp(`\\b(?:I[’']m|I am|I come|[Uu]ser is|[Uu]ser comes)(?: originally)? from ${rest}`, 'u'),
      new RegExp(`\\bI[’']m ${name} from ${rest}`, 'u'),
    ],
    subject: 'where you are from',
    write: (value) => `You are from ${value}.`,
  },
  {
    asked: /\bhow old am i\b|\bmy age\b/i,
    told: [/\b(?:I[’']m|I am|[Uu]ser is)\s+(\d{1,3})(?: years old)?\b/, /\bmy age is (\d{1,3})/i],
    subject: 'your age',
    write: (value) => `You are ${value} years old.`,
  },
  {
    asked:
      /\bwhat do i do\b(?! (?:with|about|if|when|to))|\bmy (?:job|profession|occupation)\b|\bwhat is my work\b/i,
    told: [
      new RegExp(`\\b(?:I work|[Uu]ser works) as ${rest}`, 'u'),
      new RegExp(`\\b(?:I[’']m|I am|[Uu]ser is) (an? (?!bit\\b|little\\b|lot\\b)${rest.slice(1)}`, 'u'),
    ],
    subject: 'what you do',
    write: (value) =>
      `You are ${/^an?\s/i.test(value) ? value : `${/^[aeiou]/i.test(value) ? 'an' : 'a'} ${value}`}.`,
  },
  {
    asked:
      /\bwhere (?:am i|do i want to|did i want to|will i|did i say i was) (?:going|travel\w*|go|visit|fly\w*)\b|\b(?:is|was) my destination\b/i,
    told: [
      new RegExp(`\\b(?:going|travell?ing|flying|trip|go|travel|fly|visit(?:ing)?)(?: to)? (${name})`, 'u'),
    ],
    subject: 'where you are going',
    write: (value) => `You are going to ${value}.`,
  },
];

/** The answer to a question about something the user said of themselves; `undefined` when it asks for nothing such. */
export function recallFact(
  asked: string,
  sentences: readonly string[],
): { answer?: string; subject: string } | undefined {
  const fact = facts.find((candidate) => candidate.asked.test(asked));
  if (fact !== undefined) {
    const value = lastMatch(sentences, fact.told);
    if (value !== undefined) return { answer: fact.write(clean(value)), subject: fact.subject };
    if (!/\bmy\b/i.test(asked) || fact.subject === 'your name') return { subject: fact.subject };
  }
  return recallOwned(asked, sentences);
}

/** `What is my X?` from `my X is Y`. */
function recallOwned(
  asked: string,
  sentences: readonly string[],
): { answer?: string; subject: string } | undefined {
  const found =
    /\b(?:what|who|where|when|how old|what time)(?:'s| is| are| was| were)\s+my\s+([\p{L}\p{N}' -]{2,50}?)(?=\s+(?:called|named|again|please|then|now)\b|[?.!,]|$)/iu.exec(
      asked,
    ) ??
    /\b(?:know|remember|recall|repeat|tell me|name|which is)(?: what)?\s+my\s+([\p{L}\p{N}' -]{2,50}?)(?=\s+(?:is|are|was|called|named|again|please)\b|[?.!,]|$)/iu.exec(
      asked,
    );
  if (found === null) return undefined;
  const thing = (found[1] ?? '').trim();
  const words = thing
    .toLowerCase()
    .replace(/'s name$/, '')
    .split(/\s+/);
  const phrase = words.map((word) => `${escaped(stem(word))}[\\p{L}']*`).join('\\s+');
  const isNamed = /name$/.test(thing) || /\b(?:called|named|who)\b/i.test(asked);
  const naming = `${whose}(?: \\p{L}+){0,2} ${phrase}(?: is|'s|’s)?(?: called| named|'s name is|’s name is) (${name})`;
  const patterns = [
    ...(isNamed
      ? [
          new RegExp(naming, 'iu'),
          new RegExp(`\\ban? (?:\\p{L}+ )?${phrase},? (?:called|named) (${name})`, 'iu'),
        ]
      : []),
    new RegExp(
      `${whose} ${phrase}(?:\\s+(?:is|are|was|were|will be)|:|\\s*=)\\s+(?:called |named )?${rest}`,
      'iu',
    ),
    new RegExp(`${rest.replace('{1,80}?', '{2,60}?')}\\s+(?:is|are) ${whose} ${phrase}`, 'iu'),
  ];
  const value = lastMatch(sentences, patterns);
  const subject = `your ${thing}`;
  if (value === undefined) return { subject };
  const verb = /(?:[^su]s)$/.test(thing) && !/'s name$/.test(thing) && /\bare\b/i.test(asked) ? 'are' : 'is';
  return { answer: `Your ${thing} ${verb} ${toSecondPerson(clean(value))}.`, subject };
}

/** What was said last counts. */
function lastMatch(sentences: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const sentence of sentences.toReversed()) {
    for (const pattern of patterns) {
      const value = pattern.exec(sentence)?.[1];
      if (value !== undefined && value.trim() !== '') return value;
    }
  }
  return undefined;
}

function clean(value: string): string {
  return value.trim().replace(/^["'“”]+|["'“”]+$/g, '');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
