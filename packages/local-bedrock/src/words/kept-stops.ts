import type { Model } from 'bedrock-models';
import type { ModelAnswer, ModelRequest } from '../invoke/family.ts';
import { keepsStopSequence } from '../invoke/model-features.ts';
import type { AnswerEvent, WordSource } from './answer.ts';
import { countTokens } from './tokens.ts';

type Answer = WordSource['answer'];
type Ended = Pick<ModelAnswer, 'ending' | 'outputTokens'>;

/** The same source of words, which says the stop sequence too for the models that do, and ends there as by itself. */
export function keepingStops(words: WordSource): WordSource {
  const { wholeAnswer, embed, close } = words;
  const isKept = ({ stopSequences }: ModelRequest, model: Model) =>
    stopSequences.length > 0 && keepsStopSequence(model);
  return {
    name: words.name,
    countTokens: (request, model) => words.countTokens(request, model),
    ...(embed && { embed }),
    ...(close && { close }),
    answer: (...asked) => (isKept(asked[0], asked[1]) ? keptIn(words, asked) : words.answer(...asked)),
    ...(wholeAnswer && {
      wholeAnswer(request, model, lead) {
        const answer = wholeAnswer(request, model, lead);
        if (!isKept(request, model)) return answer;
        const { maxTokens } = request;
        return answer instanceof Promise
          ? answer.then((one) => wholeWith(one, maxTokens))
          : wholeWith(answer, maxTokens);
      },
    }),
  };
}

async function* keptIn(words: WordSource, asked: Parameters<Answer>): AsyncGenerator<AnswerEvent> {
  for await (const event of words.answer(...asked)) {
    if (event.type !== 'end') {
      yield event;
      continue;
    }
    const { text, ...end } = kept(event, asked[0].maxTokens);
    if (text !== '') yield { type: 'text', text };
    yield { ...event, ...end };
  }
}

function wholeWith(answer: ModelAnswer, maxTokens: number): ModelAnswer {
  const { text, ...end } = kept(answer, maxTokens);
  if (text === '') return { ...answer, ...end };
  const last = answer.blocks.at(-1);
  const before = last?.type === 'text' ? answer.blocks.slice(0, -1) : answer.blocks;
  const said = last?.type === 'text' ? last.text + text : text;
  return { ...answer, ...end, blocks: [...before, { type: 'text', text: said }], text: answer.text + text };
}

/** What is said further at an end, and the end then. */
function kept({ ending, outputTokens }: Ended, maxTokens: number): Ended & { readonly text: string } {
  if (ending.reason !== 'stopSequence') return { text: '', ending, outputTokens };
  const tokens = outputTokens + countTokens(ending.sequence);
  return tokens > maxTokens
    ? { text: '', ending: { reason: 'maxTokens' }, outputTokens }
    : { text: ending.sequence, ending: { reason: 'end' }, outputTokens: tokens };
}
