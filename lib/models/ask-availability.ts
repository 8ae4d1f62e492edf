import type { LibError } from '../base/errors.ts';
import { withInterrupt } from '../base/interrupt.ts';
import { askControlPlane, askOnce, type ControlPlane, endsAsking } from './control-plane.ts';

/** What an account may do with a model in a region. Every member is `undefined` where Bedrock did not say. */
export interface Availability {
  /** Whether the region has the model. */
  readonly region?: boolean;
  /** Whether policies allow the caller to use it. */
  readonly authorized?: boolean;
  /** Whether the agreement with the provider, often made through AWS Marketplace, stands; `pending` while it is made. */
  readonly agreement?: boolean | 'pending';
  /** Whether the account is entitled to it. */
  readonly entitled?: boolean;
}

/**
 * Asks GetFoundationModelAvailability, once for each model; empty when Bedrock may not be asked or cannot be reached.
 *
 * @throws LibError for missing or expired credentials and for an interrupt
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html
 */
export async function askAvailability(baseId: string, place: ControlPlane): Promise<Availability> {
  try {
    return await askOnce(`availability ${baseId}`, place, () => ask(baseId, place));
  } catch (error) {
    if (endsAsking(error as LibError)) throw error;
    return {};
  }
}

function ask(baseId: string, place: ControlPlane): Promise<Availability> {
  return askControlPlane(
    place,
    async (client, { GetFoundationModelAvailabilityCommand }) => {
      const command = new GetFoundationModelAvailabilityCommand({ modelId: baseId });
      const answer = await client.send(command, { abortSignal: withInterrupt() });
      const agreement = answer.agreementAvailability?.status;
      return {
        ...yesOrNo('region', answer.regionAvailability, 'AVAILABLE'),
        ...yesOrNo('authorized', answer.authorizationStatus, 'AUTHORIZED'),
        ...(agreement === 'PENDING'
          ? { agreement: 'pending' as const }
          : yesOrNo('agreement', agreement, 'AVAILABLE')),
        ...yesOrNo('entitled', answer.entitlementAvailability, 'AVAILABLE'),
      };
    },
    baseId,
  );
}

function yesOrNo(name: keyof Availability, value: string | undefined, yes: string) {
  return value === undefined ? {} : { [name]: value === yes };
}

/** Why the account cannot use the model now, in a few words; `undefined` when nothing speaks against it. Pure. */
export function describeObstacle({
  region,
  authorized,
  agreement,
  entitled,
}: Availability): string | undefined {
  if (region === false) return 'the region does not have it';
  if (authorized === false) return 'no policy allows it';
  if (agreement === false) return 'there is no agreement with its provider';
  return entitled === false ? 'the account is not entitled to it' : undefined;
}
