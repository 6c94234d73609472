import type { Json } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { given } from './given.ts';

/** A count as a field of usage, left out where there is nothing to count. */
export function counted<Name extends keyof Usage>(name: Name, value: Json | undefined): { [Field in Name]?: number } {
  return given(name, isCount(value) ? value : undefined);
}

/** Searches of the web that the provider made and bills by the piece. */
export function searched(count: Json | undefined): Pick<Usage, 'units'> {
  return isCount(count) ? { units: { 'web-search': count } } : {};
}

/** How the provider says that it served. */
export function servedAs(tier: Json | undefined): Pick<Usage, 'serviceTier'> {
  return typeof tier === 'string' && tier !== '' ? { serviceTier: tier } : {};
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
