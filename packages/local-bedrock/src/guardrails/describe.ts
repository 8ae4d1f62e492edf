import type { StoredGuardrail } from './store.ts';

/** A guardrail as GetGuardrail describes it: what was configured, under names without `Config`. */
export function describeGuardrail(guardrail: StoredGuardrail): Record<string, unknown> {
  const { id, arn, name, description, version, createdAt, updatedAt, policies } = guardrail;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    guardrailId: id,
    guardrailArn: arn,
    version,
    status: 'READY',
    ...Object.fromEntries(
      Object.entries(policies).map(([policy, config]) => [
        withoutConfig(policy),
        Object.fromEntries(Object.entries(config).map(([part, value]) => [withoutConfig(part), value])),
      ]),
    ),
    createdAt,
    updatedAt,
    blockedInputMessaging: guardrail.blockedInputMessaging,
    blockedOutputsMessaging: guardrail.blockedOutputsMessaging,
  };
}

/** A guardrail in a list of them. */
export function summarizeGuardrail(guardrail: StoredGuardrail): Record<string, unknown> {
  const { id, arn, name, description, version, createdAt, updatedAt } = guardrail;
  return {
    id,
    arn,
    status: 'READY',
    name,
    ...(description === undefined ? {} : { description }),
    version,
    createdAt,
    updatedAt,
  };
}

function withoutConfig(name: string): string {
  return name.replace(/Config$/, '');
}
