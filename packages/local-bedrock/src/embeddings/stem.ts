/** Word forms that no ending tells: the ones that notes and questions use most. */
const irregular: Readonly<Record<string, string>> = {
  ate: 'eat',
  bought: 'buy',
  brought: 'bring',
  built: 'build',
  caught: 'catch',
  children: 'child',
  chose: 'choose',
  chosen: 'choose',
  drank: 'drink',
  drove: 'drive',
  driven: 'drive',
  eaten: 'eat',
  feet: 'foot',
  flew: 'fly',
  forgot: 'forget',
  forgotten: 'forget',
  found: 'find',
  gave: 'give',
  given: 'give',
  grew: 'grow',
  kept: 'keep',
  knew: 'know',
  left: 'leave',
  lost: 'lose',
  made: 'make',
  men: 'man',
  met: 'meet',
  mice: 'mouse',
  paid: 'pay',
  ran: 'run',
  sang: 'sing',
  sent: 'send',
  slept: 'sleep',
  sold: 'sell',
  spent: 'spend',
  spoke: 'speak',
  spoken: 'speak',
  taught: 'teach',
  teeth: 'tooth',
  thought: 'think',
  told: 'tell',
  took: 'take',
  wives: 'wife',
  women: 'woman',
  won: 'win',
  wore: 'wear',
  written: 'write',
  wrote: 'write',
};

/** Endings that make another word of the same stem, the longest first. */
const endings = [
  'ization',
  'ational',
  'fulness',
  'iveness',
  'ations',
  'ation',
  'ments',
  'ement',
  'ingly',
  'ment',
  'ness',
  'ings',
  'able',
  'ible',
  'ions',
  'ally',
  'ing',
  'ion',
  'ies',
  'ied',
  'est',
  'ers',
  'ed',
  'er',
  'ly',
  'es',
  's',
  'y',
  'e',
];

/**
 * What an English word's forms have in common, such as `sav` of save, saves, saved and saving: a light stemmer, which
 * drops one ending and leaves at least three letters. Words of other scripts come back as they are. Pure.
 */
export function stemOf(word: string): string {
  const base = Object.hasOwn(irregular, word) ? (irregular[word] ?? word) : word;
  const ending = endings.find((candidate) => base.endsWith(candidate) && base.length - candidate.length >= 3);
  if (ending === undefined || (ending === 's' && base.endsWith('ss'))) return base;
  const stem = base.slice(0, -ending.length);
  // running, stopped: the doubled letter belongs to the ending.
  return /([b-df-hj-np-tv-z])\1$/.test(stem) && /^(ing|ed|er|est)/.test(ending) ? stem.slice(0, -1) : stem;
}
