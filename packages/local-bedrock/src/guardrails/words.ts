import { actionOn, type BlockSwitches, type GuardrailPolicies, type Source } from './policies.ts';

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
  const searched = { text, lowerText: text.toLowerCase() };
  return {
    customWords: wordsConfig.flatMap((rule) => found(rule, rule.text, searched, source)),
    managedWordLists: managedWordListsConfig.flatMap((rule) =>
      profanity
        .flatMap((word) => found(rule, word, searched, source))
        .map(({ action, detected, match }) => ({ action, detected, match, type: rule.type })),
    ),
  };
}

interface SearchedText {
  readonly text: string;
  readonly lowerText: string;
}

function found(rule: BlockSwitches, word: string, { text, lowerText }: SearchedText, source: Source) {
  const action = actionOn(rule, source, 'BLOCK' as const);
  if (action === undefined || !mayHave(lowerText, word)) return [];
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  const match = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').exec(text)?.[0];
  if (match === undefined) return [];
  return [{ action: action === 'BLOCK' ? 'BLOCKED' : 'NONE', detected: true, match } as const];
}

/** Quickly: whether a text has the first part of a word or phrase at all. A list may have 10,000 of them. */
function mayHave(lowerText: string, word: string): boolean {
  const [first = ''] = word.toLowerCase().split(/\s+/);
  return lowerText.includes(first);
}
