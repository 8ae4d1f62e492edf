import factTable from './memory-facts.json' with { type: 'json' };
import { namedOfKind } from './places.ts';
import { type Question, readTranscript, saidBy } from './question.ts';
import { contentWords, listed, sentencesOf, stem } from './words.ts';

/** A longer prompt is a task with words of its own, not a question about the conversation. In characters. */
const longestQuestion = 400;

/** Whom, or what, every question about the conversation names. */
const speakers = /\b(?:i|my|we|our|your?|repeat|questions|mention(?:ed)?)\b/i;
const aboutMe =
  /\b(?:what|which|who|where|when|how old|how many|how much|how long|why)\b.{0,60}\b(?:my|i|we|our)\b|\b(?:remember|recall|know|remind me|tell me)\b.{0,40}\b(?:my|i|we|our)\b|\bwho am i\b|\bmention(?:ed)?\b/i;
const asksForAdvice =
  /\b(?:how|where|what|when|which|why) (?:do|can|could|should|would|to|must|might|shall|may) (?:i|we)\b(?! (?:live|like|love|prefer|hate|want|work|study|play|come from|do\b(?! (?:with|about|if|to))|speak|collect|own|have\b(?! to)))|\b(?:help|teach|explain|show|translate|conjugat\w*)\b/i;
const aboutTalk =
  /\b(?:i|we|you) (?:just |first |already )?(?:mentioned|said|told|asked|decided|agreed|chose|wanted|ordered|planned)\b|\b(?:did|have) (?:i|we) \w+|\b(?:remember|recall|remind)\b/i;

const talkWords = new Set(
  'mention said say told tell ask decid agre remember recall know remind just again earlier before did name conversation talk question please what which'.split(
    ' ',
  ),
);

/**
 * Questions about the conversation itself: what the user said of themselves, asked, or mentioned. It is answered from
 * the earlier turns and from a summary in the system prompt, and from nothing else: what was not said is not known.
 */
export function memory(question: Question): string | undefined {
  const { prompt } = question;
  if (prompt.length > longestQuestion || !speakers.test(prompt)) return undefined;
  const told = readTold(question);
  const answers = clausesOf(prompt).map((clause) => recall(clause, told));
  const known = answers.filter((answer) => answer !== undefined);
  return known.length === 0 ? undefined : [...new Set(known)].join(' ');
}

function clausesOf(prompt: string): string[] {
  return prompt
    .replaceAll('’', "'")
    .split(/(?<=[.?!])\s+|,?\s+and\s+(?=(?:what|which|who|where|when|how|do you)\b)/i)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

function recall(clause: string, told: Told): string | undefined {
  if (/\b(?:best|good|better|easy|right) way\b|\bhow to\b|\btips\b/i.test(clause)) return undefined;
  const message = recallMessage(clause, told.messages);
  if (message !== undefined) return message;
  if (!aboutMe.test(clause) || (asksForAdvice.test(clause) && !aboutTalk.test(clause))) return undefined;
  if (
    !/\?\s*$|^(?:please |can you |do you |could you )?(?:tell|remind|what|which|who|where|when|how)\b/i.test(
      clause,
    )
  ) {
    return undefined;
  }
  const fact = recallFact(clause, told.sentences);
  if (fact?.answer !== undefined) return fact.answer;
  const named = recallKind(clause, told);
  if (named !== undefined) return named;
  const sentence = nearest(clause, told.sentences);
  if (sentence !== undefined) return `You said: "${sentence}"`;
  return fact !== undefined || aboutTalk.test(clause) ? unknown(fact?.subject, told) : undefined;
}

/** `Which city did I mention?` from a list of cities, and so on for other kinds of things. */
function recallKind(clause: string, told: Told): string | undefined {
  const kind = /\b(?:which|what) ((?:\p{L}+ )?\p{L}+) (?:did|have|had|do|am|was|were|are) (?:i|we)\b/iu.exec(
    clause,
  )?.[1];
  const noun = kind?.split(' ').at(-1);
  const said = told.sentences.filter((sentence) => sentence !== clause);
  const names = noun === undefined ? undefined : namedOfKind(noun, said.join('\n'));
  if (names === undefined) return undefined;
  if (names.length === 0) return `You have not mentioned a ${noun} in this conversation.`;
  const preferred = /\b(?:like|love|prefer|favou?rite)\b/i.test(clause) ? names.slice(-1) : names;
  return `You mentioned ${listed(preferred)}.`;
}

/** The sentence that shares most words with the question, the last of those that share equally many. */
function nearest(clause: string, sentences: readonly string[]): string | undefined {
  const wanted = new Set(contentWords(clause).filter((word) => !talkWords.has(word)));
  if (wanted.size === 0) return undefined;
  let best: { sentence: string; share: number } | undefined;
  for (const sentence of sentences) {
    if (sentence === clause) continue;
    const words = new Set(contentWords(sentence).map(stem));
    const share = [...wanted].filter((word) => words.has(stem(word))).length / wanted.size;
    if (share >= 0.5 && share >= (best?.share ?? 0)) best = { sentence, share };
  }
  return best?.sentence;
}

function unknown(subject: string | undefined, { messages }: Told): string {
  const why =
    messages.length === 0
      ? 'this is the first message I have been sent.'
      : 'you have not told me in this conversation.';
  return `I do not know ${subject ?? 'that'}: ${why}`;
}

/** What the user has said, a sentence each, oldest first. */
interface Told {
  /** Their messages before the one that asks, whole; of a summary, its sentences. */
  readonly messages: readonly string[];
  /** The sentences of a summary in the system prompt, of those messages and of the asking one. */
  readonly sentences: readonly string[];
}

const summaryCue =
  /summar|conversation so far|earlier (?:turns|messages|conversation)|previous(?:ly)?|\buser(?:'s)?\b/i;

/** Everything the user is known to have said: in a summary, in earlier turns and in the prompt itself. Pure. */
function readTold({ system, earlier, prompt }: Question): Told {
  const turns = saidBy('user', earlier);
  const summary = fromSummary(system);
  const messages = summary === undefined ? turns : [...summary.said, ...turns];
  const said = [...(summary?.said ?? []), ...(summary?.prose ?? []), ...turns, prompt].flatMap(sentencesOf);
  return { messages, sentences: said.filter((sentence) => !sentence.endsWith('?')) };
}

/** A summary is prose, or lines of `User: …` and `Assistant: …`, of which only the user's count. */
function fromSummary(system: string): { said: string[]; prose: string[] } | undefined {
  if (!summaryCue.test(system)) return undefined;
  const turns = readTranscript(system);
  if (turns.length > 0) {
    return { said: turns.filter(({ role }) => role === 'user').map(({ text }) => text), prose: [] };
  }
  const quoted = [...system.matchAll(/\buser (?:said|asked|wrote|told)[^"“]{0,40}["“]([^"”]+)["”]/gi)];
  if (quoted.length > 0) return { said: quoted.flatMap((match) => sentencesOf(match[1] ?? '')), prose: [] };
  return { said: [], prose: [system] };
}

const ordinals = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const ordinal = new RegExp(`\\b(${ordinals.join('|')})\\b|at the (?:start|beginning)|originally`, 'i');
const said = '(?:ask|say|said|tell|told|write|wrote|send|sent|want|request|type)';
const place = `(?:${ordinals.join('|')}|last|previous|latest|earlier)`;
const mine = new RegExp(
  `\\bwhat (?:did|had|have) i (?:just |first |last |previously |originally )?(?:${said})(?:ed)?(?: you)?(?: (?:first|last|before|earlier|just now|about|at the (?:start|beginning)|to you|you|of you|a moment ago))*\\s*\\??$|\\bmy ${place} (?:question|message|request|sentence|words?|thing)|\\brepeat (?:my|what i)\\b|\\bwhich question did i\\b|\\bthe (?:first|last|previous) (?:thing|question|message) i (?:ask|said|sent|wrote|told)`,
  'i',
);

/**
 * What the user said in the conversation; `undefined` for a question about anything else.
 *
 * @param own the user's messages before the one that asks, oldest first
 */
function recallMessage(asked: string, own: readonly string[]): string | undefined {
  if (!mine.test(asked)) return undefined;
  if (own.length === 0) return 'I see no earlier message of yours: this is the first one I have been sent.';
  const word = ordinal.exec(asked);
  const text = word === null ? own.at(-1) : own[Math.max(0, ordinals.indexOf((word[1] ?? '').toLowerCase()))];
  if (text === undefined) {
    return `You have sent only ${own.length} message${own.length === 1 ? '' : 's'} before this one.`;
  }
  const isQuestion =
    text.endsWith('?') || /^(?:how|what|which|who|when|where|why|can|could|do|does|is|are)\b/i.test(text);
  return `You ${isQuestion ? 'asked' : 'said'}: "${short(text)}"`;
}

/** Long messages are quoted from their beginning. */
function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 300 ? line : `${line.slice(0, 300)} …`;
}

const name = "\\p{Lu}[\\p{L}'’-]*(?: \\p{Lu}[\\p{L}'’-]*){0,2}";
const rest = '([^.!?;,\\n]{1,80}?)(?=\\s+(?:and|but|where|which|who|because|so)\\b|[.!?;,\\n]|$)';

/** What people say of themselves and later ask for: the first group of `told` is what `answer` gives back. */
const facts = factTable.map(({ asked, told, ...fact }) => ({
  ...fact,
  asked: new RegExp(asked, 'i'),
  told: told.map((pattern) => new RegExp(pattern.replace('<name>', name).replace('<rest>', rest), 'u')),
}));

/** The answer to a question about something the user said of themselves; `undefined` when it asks for nothing such. */
function recallFact(
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
  const thing =
    /\b(?:what|who|where|when)(?:'s| is| are| was| were) my ([\p{L}\p{N}' -]{2,50}?)(?=[?.!,]|$)/iu.exec(
      asked,
    );
  return thing === null ? undefined : { subject: `your ${thing[1]}` };
}

function withArticle(noun: string): string {
  if (/^an?\s/i.test(noun)) return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
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
