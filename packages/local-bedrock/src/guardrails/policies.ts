/** What a guardrail does, as CreateGuardrail is told: the subset that this endpoint can carry out. */
export interface GuardrailPolicies {
  readonly topicPolicyConfig?: { readonly topicsConfig: readonly TopicConfig[] };
  readonly contentPolicyConfig?: { readonly filtersConfig: readonly ContentFilterConfig[] };
  readonly wordPolicyConfig?: {
    readonly wordsConfig?: readonly (BlockSwitches & { readonly text: string })[];
    readonly managedWordListsConfig?: readonly (BlockSwitches & { readonly type: 'PROFANITY' })[];
  };
  readonly sensitiveInformationPolicyConfig?: {
    readonly piiEntitiesConfig?: readonly PiiConfig[];
    readonly regexesConfig?: readonly RegexConfig[];
  };
  readonly contextualGroundingPolicyConfig?: { readonly filtersConfig: readonly GroundingConfig[] };
}

/** Whether a rule looks at questions and at answers, and whether it then blocks or only tells. */
export interface BlockSwitches {
  readonly inputAction?: 'BLOCK' | 'NONE';
  readonly outputAction?: 'BLOCK' | 'NONE';
  readonly inputEnabled?: boolean;
  readonly outputEnabled?: boolean;
}

export interface TopicConfig extends BlockSwitches {
  readonly name: string;
  readonly definition: string;
  readonly examples?: readonly string[];
  readonly type: 'DENY';
}

export type Strength = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';

export type ContentCategory = 'SEXUAL' | 'VIOLENCE' | 'HATE' | 'INSULTS' | 'MISCONDUCT' | 'PROMPT_ATTACK';

export interface ContentFilterConfig extends BlockSwitches {
  readonly type: ContentCategory;
  readonly inputStrength: Strength;
  readonly outputStrength: Strength;
}

export type SensitiveAction = 'BLOCK' | 'ANONYMIZE' | 'NONE';

interface SensitiveSwitches {
  readonly action: SensitiveAction;
  readonly inputAction?: SensitiveAction;
  readonly outputAction?: SensitiveAction;
  readonly inputEnabled?: boolean;
  readonly outputEnabled?: boolean;
}

interface PiiConfig extends SensitiveSwitches {
  readonly type: string;
}

interface RegexConfig extends SensitiveSwitches {
  readonly name: string;
  readonly pattern: string;
}

export interface GroundingConfig {
  readonly type: 'GROUNDING' | 'RELEVANCE';
  readonly threshold: number;
  readonly action?: 'BLOCK' | 'NONE';
  readonly enabled?: boolean;
}

/** Which side is looked at: what people ask, or what models answer. */
export type Source = 'INPUT' | 'OUTPUT';

/** What a rule does on a side; `undefined`: it is switched off there. */
export function actionOn<Action>(
  rule: {
    readonly inputAction?: Action;
    readonly outputAction?: Action;
    readonly inputEnabled?: boolean;
    readonly outputEnabled?: boolean;
  },
  source: Source,
  usual: Action,
): Action | undefined {
  const isInput = source === 'INPUT';
  if ((isInput ? rule.inputEnabled : rule.outputEnabled) === false) return undefined;
  return (isInput ? rule.inputAction : rule.outputAction) ?? usual;
}
