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
  return {
    customWords: wordsConfig.flatMap((rule) => found(rule, rule.text, text, source)),
    managedWordLists: managedWordListsConfig.flatMap((rule) =>
      profanity
        .flatMap((word) => found(rule, word, text, source))
        .map(({ action, detected, match }) => ({ action, detected, match, type: rule.type })),
    ),
  };
}

function found(rule: BlockSwitches, word: string, text: string, source: Source) {
  const action = actionOn(rule, source, 'BLOCK' as const);
  if (action === undefined) return [];
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  const match = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').exec(text)?.[0];
  if (match === undefined) return [];
  return [{ action: action === 'BLOCK' ? 'BLOCKED' : 'NONE', detected: true, match } as const];
}
