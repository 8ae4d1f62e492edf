import type { ModelAnswer } from '../invoke/family.ts';
import type { AnswerEvent, WordSource } from '../words/answer.ts';

/** The same source of words, telling `onEnd` how many tokens an answer had. */
export function observeWords(
  words: WordSource,
  onEnd: (inputTokens: number, outputTokens: number) => void,
): WordSource {
  const { wholeAnswer } = words;
  const ended = (answer: ModelAnswer) => {
    onEnd(answer.inputTokens, answer.outputTokens);
    return answer;
  };
  return {
    name: words.name,
    countTokens: (request, model) => words.countTokens(request, model),
    ...(words.embed && { embed: words.embed }),
    answer(request, model, lead, signal) {
      return observed(words.answer(request, model, lead, signal), onEnd);
    },
    ...(wholeAnswer && {
      wholeAnswer(request, model, lead) {
        const answer = wholeAnswer(request, model, lead);
        return answer instanceof Promise ? answer.then(ended) : ended(answer);
      },
    }),
  };
}

/** Not a generator: one more of those would cost each piece of a stream a further turn of the event loop. */
function observed(
  events: AsyncIterable<AnswerEvent>,
  onEnd: (inputTokens: number, outputTokens: number) => void,
): AsyncIterable<AnswerEvent> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = events[Symbol.asyncIterator]();
      return {
        async next() {
          const result = await iterator.next();
          if (!result.done && result.value.type === 'end') {
            onEnd(result.value.inputTokens, result.value.outputTokens);
          }
          return result;
        },
        async return(value) {
          return (await iterator.return?.(value)) ?? { done: true, value };
        },
      };
    },
  };
}
