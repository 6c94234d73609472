import type { JsonObject } from '../../core/json.ts';
import type { LossList } from '../shared/losses.ts';

/** https://platform.claude.com/docs/en/api/service-tiers: `auto` uses priority capacity where the account has it. */
export function writeTier(tier: string | undefined, losses: LossList): JsonObject {
  if (tier === 'default' || tier === 'standard_only') return { service_tier: 'standard_only' };
  if (tier === 'auto') return { service_tier: 'auto' };
  if (tier !== undefined) losses.hint('service_tier', `there is no tier ${tier} here`);
  return {};
}
