import { piiPatterns } from './pii.ts';
import { actionOn, type GuardrailPolicies, type SensitiveAction, type Source } from './policies.ts';

type Policy = NonNullable<GuardrailPolicies['sensitiveInformationPolicyConfig']>;

const actionNames = { ANONYMIZE: 'ANONYMIZED', BLOCK: 'BLOCKED', NONE: 'NONE' } as const;

/** The personal information and the guardrail's own patterns in a text, and the text with the masked ones replaced. */
export function sensitiveFindings(
  { piiEntitiesConfig = [], regexesConfig = [] }: Policy,
  text: string,
  source: Source,
) {
  let masked = text;
  const find = (
    pattern: RegExp,
    label: string,
    action: SensitiveAction,
    isReal?: (match: string) => boolean,
  ) => {
    const matches = [...new Set(text.match(pattern) ?? [])].filter(
      (match) => match !== '' && (isReal?.(match) ?? true),
    );
    if (action === 'ANONYMIZE') {
      for (const match of matches) masked = masked.replaceAll(match, `{${label}}`);
    }
    return matches.map((match) => ({ action: actionNames[action], detected: true, match }));
  };
  const piiEntities = piiEntitiesConfig.flatMap((rule) => {
    const action = actionOn(rule, source, rule.action);
    const known = piiPatterns[rule.type];
    if (action === undefined || known === undefined) return [];
    return find(known.pattern, rule.type, action, known.isReal).map((finding) => ({
      ...finding,
      type: rule.type,
    }));
  });
  const regexes = regexesConfig.flatMap((rule) => {
    const action = actionOn(rule, source, rule.action);
    if (action === undefined) return [];
    return find(new RegExp(rule.pattern, 'g'), rule.name, action).map((finding) => ({
      ...finding,
      name: rule.name,
      regex: rule.pattern,
    }));
  });
  return { piiEntities, regexes, masked };
}
