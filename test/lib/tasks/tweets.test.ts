import { type Sentiment, sentiments } from 'lib';
import { describe, expect, it } from 'vitest';
import { loadTextFile } from '../../../lib/base/text-file.ts';

interface LabelledTweet {
  readonly text: string;
  readonly label: Sentiment;
}

const { examples, tweets }: Record<'examples' | 'tweets', LabelledTweet[]> = JSON.parse(
  loadTextFile('notebooks/data/tweets.json'),
);

describe('the labelled tweets of the lesson', () => {
  it('hold as many of each sentiment', () => {
    expect(tweets.length).toBeGreaterThanOrEqual(30);
    for (const sentiment of sentiments) {
      expect(tweets.filter(({ label }) => label === sentiment)).toHaveLength(
        tweets.length / sentiments.length,
      );
      expect(examples.some(({ label }) => label === sentiment)).toBe(true);
    }
  });

  it('are all different, and none of them is shown to the model as an example', () => {
    const texts = [...tweets, ...examples].map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the prompts of the lesson', () => {
  it('use straight quotation marks and one form of heading', () => {
    for (const name of ['few-shot.txt', 'tweet-few-shot.hbs', 'tweet-zero-shot.hbs']) {
      const prompt = loadTextFile(`prompts/${name}`);
      expect(prompt).not.toMatch(/[“”‘’]/);
      for (const line of prompt
        .split('\n')
        .filter((text) => /tweet|sentiment/i.test(text))
        .slice(-2))
        expect(line).toMatch(/^(Tweet: ".+"|Sentiment:( \w+)?)$/);
    }
  });

  it('are the same in the file and in the template but for the question', () => {
    const upToQuestion = (name: string) => loadTextFile(`prompts/${name}`).split('\n').slice(0, -3);
    expect(upToQuestion('tweet-few-shot.hbs')).toEqual(upToQuestion('few-shot.txt'));
  });
});
