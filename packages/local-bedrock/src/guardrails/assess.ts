import type { GuardrailPolicies, Source } from './policies.ts';
import { sensitiveFindings } from './sensitive-information.ts';
import type { StoredGuardrail } from './store.ts';
import { contentFindings, groundingFindings, topicFindings, wordFindings } from './text-policies.ts';

/** A text to look at, and what it is: the text to guard, or what that is held against. */
export interface GuardedText {
  readonly text: string;
  readonly qualifiers?: readonly string[];
}

export interface Assessment {
  /** `blocked`: the message stands in for the text; `masked`: some of it is replaced; `none`: it may pass. */
  readonly outcome: 'blocked' | 'masked' | 'none';
  /** What may be passed on in place of the texts that were guarded: their masked forms, or one message. */
  readonly outputs: readonly string[];
  /** What was found, as in the API's GuardrailAssessment. */
  readonly assessment: Record<string, unknown>;
  readonly usage: Record<string, number>;
  readonly coverage: { readonly textCharacters: { readonly guarded: number; readonly total: number } };
}

/** Characters in a unit of use. */
const unit = 1_000;

/**
 * Looks at texts with a guardrail's policies. Pure, but for the clock. Keys are sorted as the service's are. `isFull`: topics
 * and filters that found nothing are told, too; how AWS tells so of personal information was not seen.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
 */
export function assess(
  guardrail: StoredGuardrail,
  source: Source,
  texts: readonly GuardedText[],
  isFull = false,
): Assessment {
  const startedAt = performance.now();
  const { policies } = guardrail;
  const isGround = ({ qualifiers = [] }: GuardedText) =>
    qualifiers.some((one) => one === 'grounding_source' || one === 'query') &&
    !qualifiers.includes('guard_content');
  const guarded = texts.filter((text) => !isGround(text));
  const whole = guarded.map(({ text }) => text).join('\n');
  const found = findAll(policies, whole, source, { texts, guarded, isFull });
  const masked = guarded.map(({ text }) => mask(policies, text, source));
  const wasMasked = masked.some((text, index) => text !== guarded[index]?.text);
  const blocked = blocks(found);
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  const coverage = { textCharacters: { guarded: whole.length - Math.max(0, guarded.length - 1), total } };
  const usage = usageOf(policies, total);
  const message = source === 'INPUT' ? guardrail.blockedInputMessaging : guardrail.blockedOutputsMessaging;
  return {
    outcome: blocked ? 'blocked' : wasMasked ? 'masked' : 'none',
    outputs: blocked ? [message] : masked,
    assessment: {
      appliedGuardrailDetails: {
        guardrailArn: guardrail.arn,
        guardrailId: guardrail.id,
        guardrailOrigin: ['REQUEST'],
        guardrailOwnership: 'SELF',
        guardrailVersion: guardrail.version,
      },
      ...found,
      invocationMetrics: {
        guardrailCoverage: coverage,
        guardrailProcessingLatency: Math.max(1, Math.round(performance.now() - startedAt)),
        usage,
      },
    },
    usage,
    coverage,
  };
}

function findAll(
  policies: GuardrailPolicies,
  whole: string,
  source: Source,
  given: {
    readonly texts: readonly GuardedText[];
    readonly guarded: readonly GuardedText[];
    readonly isFull: boolean;
  },
): Record<string, unknown> {
  const { texts, guarded, isFull } = given;
  const { topicPolicyConfig, contentPolicyConfig, wordPolicyConfig } = policies;
  const { sensitiveInformationPolicyConfig, contextualGroundingPolicyConfig } = policies;
  const found: Record<string, unknown> = {};
  const filters = contentFindings(contentPolicyConfig?.filtersConfig ?? [], whole, source, isFull);
  if (filters.length > 0) found.contentPolicy = { filters };
  const grounds = groundsOf(texts, guarded);
  if (contextualGroundingPolicyConfig !== undefined && source === 'OUTPUT' && grounds !== undefined) {
    found.contextualGroundingPolicy = {
      filters: groundingFindings(contextualGroundingPolicyConfig.filtersConfig, grounds),
    };
  }
  if (sensitiveInformationPolicyConfig !== undefined) {
    const { piiEntities, regexes } = sensitiveFindings(sensitiveInformationPolicyConfig, whole, source);
    if (piiEntities.length + regexes.length > 0) found.sensitiveInformationPolicy = { piiEntities, regexes };
  }
  const topics = topicFindings(topicPolicyConfig?.topicsConfig ?? [], whole, source, isFull);
  if (topics.length > 0) found.topicPolicy = { topics };
  if (wordPolicyConfig !== undefined) {
    const words = wordFindings(wordPolicyConfig, whole, source);
    if (words.customWords.length + words.managedWordLists.length > 0) found.wordPolicy = words;
  }
  return found;
}

/** Whether any finding blocks. */
function blocks(found: unknown): boolean {
  if (Array.isArray(found)) return found.some(blocks);
  if (typeof found !== 'object' || found === null) return false;
  return ('action' in found && found.action === 'BLOCKED') || Object.values(found).some(blocks);
}

/** What an answer is held against; `undefined` when the request names no source or no question. */
function groundsOf(texts: readonly GuardedText[], guarded: readonly GuardedText[]) {
  const withQualifier = (wanted: string) =>
    texts
      .filter(({ qualifiers = [] }) => qualifiers.includes(wanted))
      .map(({ text }) => text)
      .join('\n');
  const [source, query] = [withQualifier('grounding_source'), withQualifier('query')];
  if (source === '' || query === '') return undefined;
  return { source, query, answer: guarded.map(({ text }) => text).join('\n') };
}

/** A text with what the guardrail masks replaced. */
export function mask(
  { sensitiveInformationPolicyConfig }: GuardrailPolicies,
  text: string,
  source: Source,
): string {
  if (sensitiveInformationPolicyConfig === undefined) return text;
  return sensitiveFindings(sensitiveInformationPolicyConfig, text, source).masked;
}

function usageOf(policies: GuardrailPolicies, characters: number): Record<string, number> {
  const units = Math.max(1, Math.ceil(characters / unit));
  const when = (isUsed: boolean) => (isUsed ? units : 0);
  const sensitive = policies.sensitiveInformationPolicyConfig;
  return {
    automatedReasoningPolicies: 0,
    automatedReasoningPolicyUnits: 0,
    contentPolicyImageUnits: 0,
    contentPolicyUnits: when(policies.contentPolicyConfig !== undefined),
    contextualGroundingPolicyUnits: when(policies.contextualGroundingPolicyConfig !== undefined),
    sensitiveInformationPolicyFreeUnits: when((sensitive?.regexesConfig ?? []).length > 0),
    sensitiveInformationPolicyUnits: when((sensitive?.piiEntitiesConfig ?? []).length > 0),
    topicPolicyUnits: when(policies.topicPolicyConfig !== undefined),
    wordPolicyUnits: when(policies.wordPolicyConfig !== undefined),
  };
}
