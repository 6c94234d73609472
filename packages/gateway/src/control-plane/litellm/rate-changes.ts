import type { JsonObject } from '../../core/json.ts';
import type { Change } from '../resources/change.ts';
import type { RateName } from './limit-slots.ts';
import { exchanged, idFor, keptOf, type LimitChange, putLimit, removal } from './put-limit.ts';

const rateFields = { tpm: 'tpm_limit', rpm: 'rpm_limit', parallel: 'max_parallel_requests' } as const;
const rateNames: readonly RateName[] = ['tpm', 'rpm', 'parallel'];

/** Limits of everything in a minute, or at a time. */
export function rateChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
  return rateNames.flatMap((name): readonly Change[] => {
    const limit = fields[rateFields[name]];
    const before = slots.rates.get(name);
    if (limit === undefined) return [];
    if (limit === null) return removal('rate_limits', before);
    const id = before?.id ?? `${owner.prefix}:${name}`;
    return [putLimit('rate_limits', { ...keptOf(before), id, ...rateBody(name, limit) }, owner)];
  });
}

/** Limits of single models in a minute. */
export function modelRateChanges({ owner, slots, fields }: LimitChange, name: 'tpm' | 'rpm'): readonly Change[] {
  const wanted = name === 'tpm' ? fields.model_tpm_limit : fields.model_rpm_limit;
  const before = name === 'tpm' ? slots.modelTokens : slots.modelRequests;
  if (wanted === undefined) return [];
  const bodies = Object.entries(wanted ?? {}).map(([model, limit]): [string, JsonObject] => {
    const rule = before.get(model);
    const id = rule?.id ?? idFor(owner, `${name}-of`, model);
    return [model, { ...keptOf(rule), id, scope: { model }, ...rateBody(name, limit) }];
  });
  return exchanged('rate_limits', before, new Map(bodies), owner);
}

function rateBody(name: RateName, limit: number): JsonObject {
  if (name === 'parallel') return { concurrent_requests: limit };
  return name === 'tpm' ? { tokens: limit, every: 'minute' } : { requests: limit, every: 'minute' };
}
