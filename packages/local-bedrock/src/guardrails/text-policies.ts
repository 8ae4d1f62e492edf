import { phrasesIn } from './phrases.ts';
import {
  actionOn,
  type BlockSwitches,
  type ContentCategory,
  type ContentFilterConfig,
  type GroundingConfig,
  type GuardrailPolicies,
  type Source,
  type Strength,
  type TopicConfig,
} from './policies.ts';

/** The managed list PROFANITY, mild and short here; AWS's is long and not published. */
const profanity = [
  'arse',
  'asshole',
  'bastard',
  'bitch',
  'bloody hell',
  'bollocks',
  'bullshit',
  'crap',
  'damn',
].concat(['dickhead', 'fuck', 'fucking', 'goddamn', 'motherfucker', 'piss off', 'shit', 'shitty', 'wanker']);

/** The words and phrases of a guardrail's lists that a text has, as whole words, whatever their case. */
export function wordFindings(
  policy: NonNullable<GuardrailPolicies['wordPolicyConfig']>,
  text: string,
  source: Source,
) {
  const { wordsConfig = [], managedWordListsConfig = [] } = policy;
  const phrases = phrasesIn(text);
  const found = (rule: BlockSwitches, phrase: string) => {
    const action = actionOn(rule, source, 'BLOCK' as const);
    const match = action && phrases.find(phrase);
    if (match === undefined) return [];
    return [{ action: action === 'BLOCK' ? 'BLOCKED' : 'NONE', detected: true, match } as const];
  };
  return {
    customWords: wordsConfig.flatMap((rule) => found(rule, rule.text)),
    managedWordLists: managedWordListsConfig.flatMap((rule) =>
      profanity.flatMap((word) => found(rule, word)).map((finding) => ({ ...finding, type: rule.type })),
    ),
  };
}

/** The share of an example's words that a sentence has to have. */
const shareOfExample = 0.6;

/** The share of a sentence's words that a topic's name and definition have to have. */
const shareOfSentence = 0.5;

/**
 * The denied topics that a text is about. Crude: a sentence is about a topic when it names it, when it has most of the
 * words of one of its examples, or when two of its words, and half of them all, are in the topic's name and definition.
 * A model of meaning, such as AWS's, sees more, and is not fooled by words alone. `isFull`: those it is not about are told,
 * too.
 */
export function topicFindings(topics: readonly TopicConfig[], text: string, source: Source, isFull: boolean) {
  if (topics.length === 0) return [];
  const told = topics.map((topic) => ({ topic, signs: signsOf(topic) }));
  const known = new Set(
    told.flatMap(({ signs }) => [...signs.described, ...signs.examples.flatMap((one) => [...one])]),
  );
  const sentences = [...new Set(text.split(/[.!?\n]+/))]
    .map(stemsOf)
    // A text may have as many sentences as characters: most say nothing of any topic.
    .filter((stems) => [...stems].some((stem) => known.has(stem)));
  return told.flatMap(({ topic, signs }) => {
    const action = actionOn(topic, source, 'BLOCK' as const);
    if (action === undefined) return [];
    const detected = sentences.some((sentence) => isAbout(sentence, signs));
    if (!detected && !isFull) return [];
    return [
      {
        action: detected && action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        detected,
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

/**
 * Signs of each kind of harm. A crude stand-in for AWS's classifiers: enough to show what a filter does, and no measure
 * of what one catches.
 */
const signs: Readonly<Record<ContentCategory, readonly RegExp[]>> = {
  HATE: [
    /\bhate (all|every|those|these) \w+/i,
    /\b(inferior|subhuman) (race|people|religion)/i,
    /\bgo back to your country\b/i,
  ],
  INSULTS: [
    /\b(idiots?|morons?|imbeciles?|losers?|stupid|dumb|pathetic|worthless)\b/i,
    /\b(shut up|you suck)\b/i,
  ],
  MISCONDUCT: [
    /\b(steal|rob|shoplift|counterfeit|forge|launder)\b/i,
    /\b(hack|break) into\b/i,
    /\b(phishing|malware|ransomware|keylogger)\b/i,
    /\bpick (a|the) lock\b/i,
  ],
  PROMPT_ATTACK: [
    /\b(ignore|disregard|forget|override) ((all|any|every|the|your|my|these|those|of|previous|prior|above|earlier) )*(instructions?|rules|prompts?|guidelines|directions)\b/i,
    /\b(reveal|print|show|repeat|output) (me )?(your|the) (\w+ )?(system prompt|hidden instructions|initial instructions)\b/i,
    /\b(you are|act as|pretend to be) (now )?(dan|in developer mode|unrestricted|jailbroken)\b/i,
    /\b(jailbreak|developer mode)\b/i,
    /\bpretend (that )?you have no (rules|restrictions|limits)\b/i,
  ],
  SEXUAL: [/\b(porn(ographic|ography)?|nudes?|erotic|sexually explicit)\b/i, /\bsex (scene|story|chat)\b/i],
  VIOLENCE: [
    /\b(kill|murder|stab|strangle|torture|behead)\b/i,
    /\b(build|make|plant) (a|the) (pipe )?bombs?\b/i,
    /\bshoot (him|her|them|people|someone|everyone)\b/i,
  ],
};

const ranks: Readonly<Record<Strength, number>> = { NONE: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** The kinds of harm that a text shows signs of. A filter of strength HIGH blocks at any sign, LOW only at clear ones. `isFull`: those of which there is no sign are told, too. */
export function contentFindings(
  filters: readonly ContentFilterConfig[],
  text: string,
  source: Source,
  isFull: boolean,
) {
  return filters.flatMap((filter) => {
    const strength = source === 'INPUT' ? filter.inputStrength : filter.outputStrength;
    const action = actionOn(filter, source, 'BLOCK' as const);
    const confidence = confidenceOf(filter.type, text);
    // A filter blocks what it is sure enough of: 1 + 3 for HIGH, 2 + 2 for MEDIUM, 3 + 1 for LOW.
    const detected = ranks[confidence] + ranks[strength] >= 4;
    if (action === undefined || strength === 'NONE' || (!detected && !isFull)) return [];
    return [
      {
        action: detected && action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        confidence,
        detected,
        filterStrength: strength,
        type: filter.type,
      } as const,
    ];
  });
}

/** One sign is MEDIUM, several are HIGH; an attack on the prompt is always plain. */
function confidenceOf(type: ContentCategory, text: string): Strength {
  const seen = signs[type].filter((sign) => sign.test(text)).length;
  if (seen === 0) return 'NONE';
  return seen > 1 || type === 'PROMPT_ATTACK' ? 'HIGH' : 'MEDIUM';
}

/** The texts that an answer is held against. */
interface Grounds {
  readonly source: string;
  readonly query: string;
  readonly answer: string;
}

/**
 * How well an answer rests on its source, and how well it meets the question, from 0 to 1: the share of words that are
 * the same. Crude: another wording of the same thing scores low here, and a lie in the source's own words high.
 */
export function groundingFindings(filters: readonly GroundingConfig[], grounds: Grounds) {
  const answer = stemsOf(grounds.answer);
  const known = stemsOf(`${grounds.source} ${grounds.query}`);
  const scores = {
    GROUNDING: share(answer, known),
    RELEVANCE: share(stemsOf(grounds.query), stemsOf(`${grounds.answer}`)),
  };
  return filters
    .filter(({ enabled }) => enabled !== false)
    .map(({ type, threshold, action = 'BLOCK' }) => {
      const detected = scores[type] < threshold;
      return {
        action: detected && action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        detected,
        score: scores[type],
        threshold,
        type,
      } as const;
    });
}

/** The share of the words that are among the known ones, to two decimals; 1 for no words. */
function share(words: ReadonlySet<string>, known: ReadonlySet<string>): number {
  if (words.size === 0) return 1;
  const same = [...words].filter((word) => known.has(word)).length;
  return Math.round((same / words.size) * 100) / 100;
}

/** Words that say nothing of what a sentence is about. */
const empty = new Set(
  'a about all also am an and any are as at be been but by can could did do does for from get give had has have how i if in into is it its just like may me my no not of on or our please should so some such tell than that the their them then there these they this to up us was we were what when where which who why will with would you your'.split(
    ' ',
  ),
);

/** The words of a text that carry its meaning, without their endings: `stocks` and `stock` are one. Pure. */
function stemsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !empty.has(word)).map(stemOf));
}

function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/(?<=\w{3})s$/, '');
  return word.replace(/(?:ments?|ations?|ings?|ions?|ies|ers?|ors?|ed|es|s|e|y)$/, '');
}
