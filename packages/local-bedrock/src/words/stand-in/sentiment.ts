import { wordsOf } from './words.ts';

const lexicon = new Map<string, number>();
const lists: readonly (readonly [number, string])[] = [
  [
    3,
    `amazing awesome brilliant excellent fantastic incredible outstanding perfect perfectly phenomenal superb wonderful
    best love loved loves loving adore adored delighted delightful thrilled masterpiece flawless magnificent exceptional
    stunning gorgeous unforgettable 👍 😍 🎉 ❤️ 😀 😃 🥰`,
  ],
  [
    2,
    `good great nice happy glad pleased pleasant enjoy enjoyed enjoyable enjoying fun beautiful friendly helpful
    recommend recommended impressed impressive thank thanks thankful grateful win won winning success successful fast
    quick quickly reliable comfortable delicious tasty charming lovely cheerful excited exciting exceeded cozy cosy
    best-ever smile smiled yay favourite favorite smooth smoothly sturdy generous elegant attentive warm bargain
    better improved solid easy satisfied liked likes 🙂 😊`,
  ],
  [
    1,
    `fine okay ok decent fresh clean works worked working useful cool interesting fair kind polite simple well clear`,
  ],
  [
    -1,
    `slow noisy boring bland confusing confused late tired cold old small weak cheap mediocre dull pricey expensive
    overpriced lacking missing wait waited waiting delay delayed cracked lost unclear outdated heavy difficult hard`,
  ],
  [
    -2,
    `bad sad unhappy annoying annoyed annoys disappointed disappointing disappointment disappoints poor poorly broken
    broke breaks fail failed fails failure problem problems issue issues dislike disliked rude dirty angry upset
    frustrated frustrating worse wrong ugly lose lost loses losing dies died dead crash crashed crashes crashing bug
    complaint complain unreliable uncomfortable damaged defective stale burnt soggy useless waste wasted sick pain
    painful unfriendly unhelpful regret cancelled canceled avoid refund mess messy leaking leaked stuck ignored
    hurts flop lazy stupid tasteless faulty 👎 😞 😢 ☹️`,
  ],
  [
    -3,
    `awful terrible horrible worst hate hated hates hating disgusting dreadful pathetic atrocious appalling nightmare
    unacceptable abysmal disaster horrendous furious scam garbage trash ruined 😡 🤬 😠`,
  ],
];
for (const [weight, words] of lists) for (const word of words.split(/\s+/)) lexicon.set(word, weight);

const negators = /^(?:not|no|never|nothing|hardly|barely|without|cannot|nobody|neither|nor|.+n't)$/;
const strengtheners =
  /^(?:very|really|so|extremely|absolutely|totally|truly|incredibly|completely|super|too)$/;

/** How far a negation reaches, in words. */
const reach = 3;

export interface Sentiment {
  /** Evidence for a good opinion, 0 or more. */
  readonly positive: number;
  /** Evidence for a bad opinion, 0 or more. */
  readonly negative: number;
}

/**
 * Weighs the words of a text by a small English lexicon. What follows `but` counts double, as writers mean it.
 * Without `negation`, "not good" is read as good, which is what a small model makes of it.
 */
export function readSentiment(text: string, negation: boolean): Sentiment {
  const words = [...wordsOf(text), ...(text.match(/\p{Extended_Pictographic}\u{FE0F}?/gu) ?? [])];
  const turn = words.lastIndexOf('but');
  let positive = 0;
  let negative = 0;
  words.forEach((word, index) => {
    const weight = lexicon.get(word);
    if (weight === undefined) return;
    const before = words.slice(Math.max(0, index - reach), index);
    const strength = strengtheners.test(before.at(-1) ?? '') ? 1.5 : 1;
    const emphasis = turn >= 0 && index > turn ? 2 : 1;
    const sign = negation && before.some((other) => negators.test(other)) ? -0.75 : 1;
    const value = weight * strength * emphasis * sign;
    if (value > 0) positive += value;
    else negative -= value;
  });
  return { positive, negative };
}

/** The balance of the evidence, from -1 (all bad) to 1 (all good); 0 without evidence. */
export function balance({ positive, negative }: Sentiment): number {
  return (positive - negative) / (positive + negative + 1);
}
