import factTable from './memory-facts.json' with { type: 'json' };
import { namedOfKind } from './places.ts';
import { type Question, readTranscript, saidBy } from './question.ts';
import { quotedTurns } from './summary.ts';
import { contentWords, listed, sentencesOf, shortened, stem } from './words.ts';

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
const isAsking =
  /\?\s*$|^(?:please |can you |do you |could you )?(?:tell|remind|what|which|who|where|when|how)\b/i;

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
  if (!isAsking.test(clause)) return undefined;
  const fact = recallFact(clause, told.sentences);
  const known = fact?.answer ?? recallKind(clause, told) ?? nearest(clause, told.sentences);
  if (known !== undefined) return known;
  if (fact === undefined && !aboutTalk.test(clause)) return undefined;
  const isFirst = told.messages.length === 0;
  const why = isFirst
    ? 'this is the first message I have been sent.'
    : 'you have not told me in this conversation.';
  return `I do not know ${fact?.subject ?? 'that'}: ${why}`;
}

/** `Which city did I mention?` from a list of cities, and so on for other kinds of things. */
function recallKind(clause: string, told: Told): string | undefined {
  const [, noun] =
    /\b(?:which|what) (?:\p{L}+ )?(\p{L}+) (?:did|have|had|do|am|was|were|are) (?:i|we)\b/iu.exec(clause) ??
    [];
  const said = told.sentences.filter((sentence) => sentence !== clause).join('\n');
  const names = noun === undefined ? undefined : namedOfKind(noun, said);
  if (names === undefined) return undefined;
  if (names.length === 0) return `You have not mentioned a ${noun} in this conversation.`;
  return `You mentioned ${listed(names)}.`;
}

/** The sentence that shares most words with the question, the last of those that share equally many. */
function nearest(clause: string, sentences: readonly string[]): string | undefined {
  const wanted = [...new Set(contentWords(clause).filter((word) => !talkWords.has(word)))].map(stem);
  let best: { sentence: string; share: number } | undefined;
  for (const sentence of sentences.filter((one) => one !== clause)) {
    const words = new Set(contentWords(sentence).map(stem));
    const share = wanted.filter((word) => words.has(word)).length / wanted.length;
    if (share >= Math.max(0.5, best?.share ?? 0)) best = { sentence, share };
  }
  return best === undefined ? undefined : `You said: "${best.sentence}"`;
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

/** Everything the user is known to have said: in a summary, in earlier turns and in the prompt itself. */
function readTold({ system, earlier, prompt }: Question): Told {
  const { said, prose } = fromSummary(system);
  const messages = [...said, ...saidBy('user', earlier)];
  const sentences = [...said, ...prose, ...saidBy('user', earlier), prompt].flatMap(sentencesOf);
  return { messages, sentences: sentences.filter((sentence) => !sentence.endsWith('?')) };
}

/** A summary is prose, or lines of `User: …` and `Assistant: …`, of which only the user's count. */
function fromSummary(system: string): { said: readonly string[]; prose: readonly string[] } {
  if (!summaryCue.test(system)) return { said: [], prose: [] };
  const turns = readTranscript(system);
  const said = saidBy('user', turns.length > 0 ? turns : quotedTurns(system)).flatMap(sentencesOf);
  return { said, prose: said.length > 0 ? [] : [system] };
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
  return `You ${isQuestion ? 'asked' : 'said'}: "${shortened(text, 300)}"`;
}

const name = "\\p{Lu}[\\p{L}'’-]*(?: \\p{Lu}[\\p{L}'’-]*){0,2}";
const rest = '([^.!?;,\\n]{1,80}?)(?=\\s+(?:and|but|where|which|who|because|so)\\b|[.!?;,\\n]|$)';

/** What people say of themselves and later ask for: the first group of `told` is what `answer` gives back. */
const facts = factTable.map(({ asked, told, ...fact }) => ({
  ...fact,
  asked: new RegExp(asked, 'i'),
  told: told.map((pattern) => new RegExp(pattern.replace('<name>', name).replace('<rest>', rest), 'u')),
}));

const owned = /\b(?:what|who|where|when)(?:'s| is| are| was| were) my ([\p{L}\p{N}' -]{2,50}?)(?=[?.!,]|$)/iu;

/** The answer to a question about something the user said of themselves; `undefined` when it asks for nothing such. */
function recallFact(
  asked: string,
  told: readonly string[],
): { answer?: string; subject: string } | undefined {
  const fact = facts.find((candidate) => candidate.asked.test(asked));
  // What was said last counts.
  const values = told.flatMap(
    (sentence) => fact?.told.flatMap((one) => one.exec(sentence)?.[1] ?? []).slice(0, 1) ?? [],
  );
  const value = values
    .at(-1)
    ?.trim()
    .replace(/^["'“”]+|["'“”]+$/g, '');
  if (fact !== undefined && value) {
    return { answer: fact.answer.replace('{}', () => value), subject: fact.subject };
  }
  if (fact !== undefined && (!/\bmy\b/i.test(asked) || fact.subject === 'your name'))
    return { subject: fact.subject };
  const thing = owned.exec(asked)?.[1];
  return thing === undefined ? undefined : { subject: `your ${thing}` };
}
