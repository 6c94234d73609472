import type { Document } from '../kit/gateway-process.ts';
import type { Simulation } from './fleet.ts';
import type { Front } from './weather.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** Equal providers behind one name. */
export const providers = ['north', 'east', 'south'] as const;

export function documentOf(names: readonly string[], more: Document = {}): Document {
  const provider = (name: string) => ({
    kind: 'openai',
    base_url: `http://${name}.test`,
    keys: [{ value: `sk-${name}` }],
  });
  return {
    providers: Object.fromEntries(names.map((name) => [name, provider(name)])),
    models: { coder: { targets: names.map((name) => ({ target: `${name}/m`, weight: 1 })) } },
    ...more,
  };
}

/** Sixty agents at three equal providers for a quarter of an hour. */
export function fleetIn(fronts: readonly Front[], changes: Partial<Simulation> = {}): Simulation {
  return {
    document: documentOf(providers),
    fronts,
    sessions: 60,
    forMs: 15 * minute,
    thinkMs: 20 * second,
    seed: 1,
    ...changes,
  };
}
