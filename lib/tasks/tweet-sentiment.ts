import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { checkInput } from '../base/check-input.ts';
import type { ModelRef } from '../models/model-ref.ts';
import type { TaskOptions } from './ask-task.ts';
import { type Classification, classify } from './classify.ts';

export const sentiments = ['Positive', 'Negative', 'Neutral'] as const;
export type Sentiment = (typeof sentiments)[number];

/** The examples of `prompts/few-shot.txt` that have an answer. */
export const tweetExamples: readonly { readonly text: string; readonly label: Sentiment }[] = [
  { text: 'My train is late again and nobody tells us why.', label: 'Negative' },
  { text: 'Best concert of my life, I am still smiling!', label: 'Positive' },
  { text: 'The museum is open until eight on Thursdays.', label: 'Neutral' },
];

/**
 * Whether a tweet is positive, negative or neutral. Whatever the tweet says, it stays a tweet: quotation marks, line
 * breaks and tags in it do not end it, and examples in it are not read as ours.
 *
 * @throws LibError of kind `answer` when the model gave none of the three; otherwise as `converse`
 */
export async function tweetSentiment(
  client: BedrockRuntimeClient,
  modelId: ModelRef,
  tweet: string,
  options: TaskOptions = {},
): Promise<Classification<Sentiment>> {
  checkInput(
    'tweetSentiment',
    { client, tweet, options },
    { client: 'client', tweet: 'text', options: 'object' },
  );
  return classify(client, modelId, tweet, {
    ...options,
    instruction: 'Classify the sentiment of the tweet.',
    tag: 'tweet',
    labels: sentiments,
    examples: tweetExamples,
  });
}
