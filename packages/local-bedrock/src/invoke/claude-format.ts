import type { Model } from 'bedrock-models';
import { wasAccepted, wasRefused } from '../models/evidence.ts';
import { isObject } from '../shapes/body-schema.ts';
import type { Wrong } from './claude-checks.ts';

/**
 * A schema that Claude's answer is to follow, and that it does not take: not closed, or with bounds (future-agi/future-agi
 * PR 412 by Converse, vercel/ai#17197 of Sonnet 4.5, BerriAI/litellm PR 29624; 2026). Models that are held to none say so
 * in another way. The words for a list's shortest length, and for a schema that is no object, were not seen.
 *
 * @param schema `undefined`: none
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function formatViolation(schema: unknown, model: Model): Wrong {
  if (schema === undefined) return undefined;
  if (wasRefused('structured-output', model)) return 'output_config.format: Extra inputs are not permitted';
  if (wasAccepted('open-answer-schema', model)) return undefined;
  const wrong = isObject(schema) ? partViolation(schema) : 'Input should be a valid dictionary';
  return wrong === undefined ? undefined : `output_config.format.schema: ${wrong}`;
}

/**
 * A tool that is to be called by its schema to the letter, with one that cannot be kept so, or of a model that has no such
 * tools (vercel/ai#20681 of Haiku 4.5, BerriAI/litellm PR 39115 of Sonnet 4.6, strands-agents/harness-sdk#2210; 2026).
 */
export function strictViolation({ strict, schema }: SeenTool, index: number, model: Model): Wrong {
  if (strict === undefined || strict === null) return undefined;
  const path = `tools.${index}.custom`;
  if (wasRefused('strict-tools', model)) return `${path}.strict: Extra inputs are not permitted`;
  const wrong = strict === true ? partViolation(schema) : undefined;
  return wrong === undefined ? undefined : `${path}: ${wrong}`;
}

interface SeenTool {
  readonly strict: unknown;
  readonly schema: unknown;
}

/**
 * Keywords that are refused, by the type whose values they bound. A text's shortest length was recorded to be taken
 * (pydantic-ai, test_bedrock_native_output_profile_default), though AWS's page says otherwise.
 */
const ofNumbers = ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum', 'multipleOf'];
const bounds: Readonly<Record<string, readonly string[]>> = {
  array: ['maxItems'],
  integer: ofNumbers,
  number: ofNumbers,
};

function partViolation(part: unknown): Wrong {
  if (Array.isArray(part)) return firstOf(part);
  if (!isObject(part)) return undefined;
  for (const type of [part.type].flat().map(String)) {
    if (type === 'object' && part.additionalProperties !== false) {
      return `For 'object' type, 'additionalProperties' must be explicitly set to false`;
    }
    const [first, ...more] = bounds[type]?.filter((keyword) => part[keyword] !== undefined) ?? [];
    if (first !== undefined) {
      return more.length === 0
        ? `For '${type}' type, property '${first}' is not supported`
        : `For '${type}' type, properties ${[first, ...more].join(', ')} are not supported`;
    }
    if (type === 'array' && ![undefined, 0, 1].includes(part.minItems as number | undefined)) {
      return `For 'array' type, 'minItems' values other than 0 or 1 are not supported`;
    }
  }
  const named = [part.properties, part.$defs, part.definitions].flatMap((members) =>
    isObject(members) ? Object.values(members) : [],
  );
  return firstOf([...named, part.items, part.prefixItems, part.anyOf, part.oneOf, part.allOf]);
}

function firstOf(parts: readonly unknown[]): Wrong {
  for (const part of parts) {
    const wrong = partViolation(part);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
