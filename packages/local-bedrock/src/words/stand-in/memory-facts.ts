import table from './memory-facts.json' with { type: 'json' };
import { stem, toSecondPerson } from './words.ts';

const name = "\\p{Lu}[\\p{L}'’-]*(?: \\p{Lu}[\\p{L}'’-]*){0,2}";
const whose = "(?:[Mm]y|[Uu]ser[’']s|[Yy]our)";
const rest = '([^.!?;,\\n]{1,80}?)(?=\\s+(?:and|but|where|which|who|because|so)\\b|[.!?;,\\n]|$)';

/** What people say of themselves and later ask for: the first group of `told` is what `answer` gives back. */
const facts = table.map(({ asked, told, ...fact }) => ({
  ...fact,
  asked: new RegExp(asked, 'i'),
  told: told.map((pattern) => new RegExp(pattern.replace('<name>', name).replace('<rest>', rest), 'u')),
}));

/** The answer to a question about something the user said of themselves; `undefined` when it asks for nothing such. */
export function recallFact(
  asked: string,
  sentences: readonly string[],
): { answer?: string; subject: string } | undefined {
  const fact = facts.find((candidate) => candidate.asked.test(asked));
  if (fact !== undefined) {
    const value = lastMatch(sentences, fact.told);
    if (value !== undefined) {
      const noun = fact.subject === 'what you do' ? withArticle(clean(value)) : clean(value);
      return { answer: fact.answer.replace('{}', () => noun), subject: fact.subject };
    }
    if (!/\bmy\b/i.test(asked) || fact.subject === 'your name') return { subject: fact.subject };
  }
  return recallOwned(asked, sentences);
}

function withArticle(noun: string): string {
  if (/^an?\s/i.test(noun)) return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
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
