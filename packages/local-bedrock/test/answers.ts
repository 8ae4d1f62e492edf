import type { AnswerEvent } from '../src/words/answer.ts';

export const end: AnswerEvent = { type: 'end', ending: { reason: 'end' }, inputTokens: 7, outputTokens: 5 };

/** What a model does that thinks, says something and calls two tools. */
export const thinksAndCalls: readonly AnswerEvent[] = [
  { type: 'reasoning', text: 'The user wants ' },
  { type: 'reasoning', text: 'the weather.' },
  { type: 'text', text: 'I will ' },
  { type: 'text', text: 'look.' },
  { type: 'toolUse', id: 'tooluse_p0X002uYQ9y_0fFkBsyYRg', name: 'get_weather' },
  { type: 'toolInput', json: '{"unit":"celsius",' },
  { type: 'toolInput', json: '"city":"Paris"}' },
  { type: 'toolUse', id: 'tooluse_0ae1_ahYROawF4OObK5xBg', name: 'get_time' },
  { type: 'end', ending: { reason: 'toolUse' }, inputTokens: 70, outputTokens: 30 },
];
