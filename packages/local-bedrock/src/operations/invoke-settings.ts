import { checkConstraints } from '../shapes/constraints.ts';
import { oneOf, structure } from '../shapes/shape.ts';

/** What an InvokeModel request says in its headers, by the names of the API (API reference, InvokeModel). */
const members = {
  trace: 'x-amzn-bedrock-trace',
  performanceConfigLatency: 'x-amzn-bedrock-performanceconfig-latency',
  serviceTier: 'x-amzn-bedrock-service-tier',
  requestMetadata: 'x-amzn-bedrock-request-metadata',
} as const;

const shape = structure({
  trace: oneOf('ENABLED', 'DISABLED', 'ENABLED_FULL'),
  performanceConfigLatency: oneOf('standard', 'optimized'),
  serviceTier: oneOf('priority', 'default', 'flex', 'reserved'),
  requestMetadata: { type: 'string', maxLength: 8_500 },
});

/**
 * The headers that the service sends back as they came: the latency and the tier. Throws a `Refusal` when a header
 * has a value that the API does not know.
 */
export function echoedSettings(headers: Readonly<Record<string, string>>): Record<string, string> {
  const settings = Object.fromEntries(
    Object.entries(members).flatMap(([member, header]) =>
      headers[header] === undefined ? [] : [[member, headers[header]]],
    ),
  );
  checkConstraints(settings, shape);
  const { performanceConfigLatency, serviceTier } = settings;
  return {
    ...(performanceConfigLatency === undefined
      ? {}
      : { 'X-Amzn-Bedrock-PerformanceConfig-Latency': performanceConfigLatency }),
    ...(serviceTier === undefined ? {} : { 'X-Amzn-Bedrock-Service-Tier': serviceTier }),
  };
}
