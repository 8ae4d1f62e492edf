import { invalid } from '../http/refusal.ts';

const tiers: ReadonlySet<string> = new Set(['priority', 'default', 'flex', 'reserved']);

/**
 * Throws a `Refusal` for a service tier that there is not, in the words that Converse had for one in May 2026
 * (NousResearch/hermes-agent PR 34476). The reserved tier is taken as if there were a reservation.
 */
export function checkServiceTier(tier: string | undefined): void {
  if (tier !== undefined && !tiers.has(tier)) throw invalid('service tier provided is invalid');
}
