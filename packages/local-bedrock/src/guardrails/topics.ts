import { actionOn, type Source, type TopicConfig } from './policies.ts';
import { stemsOf } from './stems.ts';

/** The share of an example's words that a sentence has to have. */
const shareOfExample = 0.6;

/** The share of a sentence's words that a topic's name and definition have to have. */
const shareOfSentence = 0.5;

/**
 * The denied topics that a text is about. Crude: a sentence is about a topic when it names it, when it has most of the
 * words of one of its examples, or when two of its words, and half of them all, are in the topic's name and definition.
 * A model of meaning, such as AWS's, sees more, and is not fooled by words alone.
 */
export function topicFindings(topics: readonly TopicConfig[], text: string, source: Source) {
  const sentences = text
    .split(/[.!?\n]+/)
    .map(stemsOf)
    .filter(({ size }) => size > 0);
  return topics.flatMap((topic) => {
    const action = actionOn(topic, source, 'BLOCK' as const);
    if (action === undefined) return [];
    const signs = signsOf(topic);
    if (!sentences.some((sentence) => isAbout(sentence, signs))) return [];
    return [
      {
        action: action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        detected: true,
        name: topic.name,
        type: 'DENY',
      } as const,
    ];
  });
}

/** The words by which a topic is told. */
interface Signs {
  readonly named: ReadonlySet<string>;
  readonly described: ReadonlySet<string>;
  readonly examples: readonly ReadonlySet<string>[];
}

function signsOf({ name, definition, examples = [] }: TopicConfig): Signs {
  return {
    named: stemsOf(name),
    described: stemsOf(`${name} ${definition}`),
    examples: examples.map(stemsOf).filter(({ size }) => size > 0),
  };
}

function isAbout(sentence: ReadonlySet<string>, { named, described, examples }: Signs): boolean {
  if (named.size > 0 && shared(named, sentence) === named.size) return true;
  const common = shared(sentence, described);
  if (common >= 2 && common / sentence.size >= shareOfSentence) return true;
  return examples.some((example) => {
    const same = shared(example, sentence);
    return same >= Math.min(2, example.size) && same / example.size >= shareOfExample;
  });
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let count = 0;
  for (const stem of one) if (other.has(stem)) count += 1;
  return count;
}
