import { createHash } from 'node:crypto';
import { invalid, Refusal } from '../http/refusal.ts';
import { accountId } from '../models/access.ts';
import type { Service } from '../operations/operation.ts';
import type { GuardrailPolicies } from './policies.ts';

/** A guardrail as it was given, in one of its versions. */
export interface StoredGuardrail {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  /** `DRAFT`, or `1`, `2`, … */
  readonly version: string;
  readonly blockedInputMessaging: string;
  readonly blockedOutputsMessaging: string;
  readonly policies: GuardrailPolicies;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What CreateGuardrail and UpdateGuardrail are given. */
export type GuardrailDefinition = Pick<
  StoredGuardrail,
  'name' | 'description' | 'blockedInputMessaging' | 'blockedOutputsMessaging' | 'policies'
>;

/** The guardrails of an endpoint. They live as long as it does. */
export interface GuardrailStore {
  /** A new one; or, with a token that made one before, that one, whatever else is said (API reference). */
  create(definition: GuardrailDefinition, region: string, token?: string): StoredGuardrail;
  /** Changes the draft. */
  update(identifier: string, definition: GuardrailDefinition): StoredGuardrail;
  /** Makes the draft a version of its own, which never changes; once for one token, too. */
  createVersion(identifier: string, description: string | undefined, token?: string): StoredGuardrail;
  /** By id or ARN, and version; without a version the draft. Throws a 404 `Refusal`. */
  get(identifier: string, version?: string): StoredGuardrail;
  /** Every guardrail's draft, or with an identifier all versions of one. */
  list(identifier?: string): readonly StoredGuardrail[];
  /** One numbered version, or the whole guardrail. */
  remove(identifier: string, version?: string): void;
}

/** The quotas of an account: guardrails, and versions of each beside its draft (Amazon Bedrock endpoints and quotas). */
const most = 100;
const mostVersions = 20;

export function createGuardrailStore(): GuardrailStore {
  const all = new Map<string, Map<string, StoredGuardrail>>();
  const byToken = new Map<string, StoredGuardrail>();
  let made = 0;

  const versionsOf = (identifier: string): Map<string, StoredGuardrail> => {
    const id = identifier.slice(identifier.lastIndexOf('/') + 1);
    const versions = all.get(id);
    const draft = versions?.get('DRAFT');
    if (versions === undefined || draft === undefined || (identifier !== id && identifier !== draft.arn)) {
      throw missing();
    }
    return versions;
  };
  const get = (identifier: string, version = 'DRAFT'): StoredGuardrail => {
    const found = versionsOf(identifier).get(version);
    if (found === undefined) throw missing();
    return found;
  };
  const refuseName = (name: string, exceptId?: string) => {
    for (const [id, versions] of all) {
      if (id !== exceptId && versions.get('DRAFT')?.name === name) {
        // Text not seen.
        throw new Refusal('ConflictException', `A guardrail with the name ${name} exists already.`);
      }
    }
  };

  return {
    create(definition, region, token) {
      const key = token === undefined ? '' : `guardrail ${token}`;
      const before = byToken.get(key);
      if (before !== undefined) return before;
      refuseName(definition.name);
      if (all.size >= most) {
        throw new Refusal('ServiceQuotaExceededException', `There are ${most} guardrails already.`);
      }
      made += 1;
      // The same program gets the same ids.
      const id = createHash('sha256').update(`${made} ${definition.name}`).digest('hex').slice(0, 12);
      const now = new Date().toISOString();
      const arn = `arn:aws:bedrock:${region}:${accountId}:guardrail/${id}`;
      const draft = { ...definition, id, arn, version: 'DRAFT', createdAt: now, updatedAt: now };
      all.set(id, new Map([['DRAFT', draft]]));
      if (key !== '') byToken.set(key, draft);
      return draft;
    },
    update(identifier, definition) {
      const draft = get(identifier);
      refuseName(definition.name, draft.id);
      const { id, arn, version, createdAt } = draft;
      const updated = { ...definition, id, arn, version, createdAt, updatedAt: new Date().toISOString() };
      versionsOf(identifier).set('DRAFT', updated);
      return updated;
    },
    createVersion(identifier, description, token) {
      const versions = versionsOf(identifier);
      const key = token === undefined ? '' : `version of ${get(identifier).id} ${token}`;
      const before = byToken.get(key);
      if (before !== undefined) return before;
      if (versions.size > mostVersions) {
        throw new Refusal('ServiceQuotaExceededException', `There are ${mostVersions} versions already.`);
      }
      const numbers = [...versions.keys()].filter((one) => one !== 'DRAFT').map(Number);
      const version = String(Math.max(0, ...numbers) + 1);
      const now = new Date().toISOString();
      const about = description === undefined ? {} : { description };
      const made = { ...get(identifier), ...about, version, createdAt: now, updatedAt: now };
      versions.set(version, made);
      if (key !== '') byToken.set(key, made);
      return made;
    },
    get,
    list(identifier) {
      if (identifier !== undefined) return [...versionsOf(identifier).values()];
      return [...all.values()].flatMap((versions) => versions.get('DRAFT') ?? []);
    },
    remove(identifier, version) {
      const { id } = get(identifier, version);
      for (const [key, made] of byToken) {
        if (made.id === id && (version ?? made.version) === made.version) byToken.delete(key);
      }
      if (version === undefined) all.delete(id);
      else versionsOf(identifier).delete(version);
    },
  };
}

/** The text is not backed by a recording. */
function missing(): Refusal {
  return new Refusal(
    'ResourceNotFoundException',
    'The guardrail identifier or version provided in the request does not exist.',
  );
}

/** The endpoint's guardrails. */
export function guardrailsOf({ guardrails }: Service): GuardrailStore {
  if (guardrails === undefined) throw new Error('This endpoint was made without a store of guardrails.');
  return guardrails;
}

/**
 * The guardrail that an inference call names. Refuses with a 400 one that does not exist; that text is quoted from users
 * of Converse. The text for a missing version is not backed by a recording.
 */
export function guardrailForInference(
  identifier: string,
  version: string | undefined,
  service: Service,
): StoredGuardrail {
  if (version === undefined || version === '') {
    throw invalid(
      'A guardrail version is required with a guardrail identifier. Add the version and try again.',
    );
  }
  try {
    return guardrailsOf(service).get(identifier, version);
  } catch (error) {
    if (error instanceof Refusal) throw invalid('The provided guardrail identifier is invalid.');
    throw error;
  }
}

/** A guardrail as GetGuardrail describes it: what was configured, under names without `Config`. */
export function describeGuardrail(guardrail: StoredGuardrail): Record<string, unknown> {
  const { id, arn, name, description, version, createdAt, updatedAt, policies } = guardrail;
  return {
    name,
    ...(description !== undefined && { description }),
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
    ...(description !== undefined && { description }),
    version,
    createdAt,
    updatedAt,
  };
}

function withoutConfig(name: string): string {
  return name.replace(/Config$/, '');
}
