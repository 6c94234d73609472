import type { EncodeTarget } from '../dialect.ts';
import { nearestEffort } from '../shared/effort.ts';
import type { LossList } from '../shared/losses.ts';

/** The nearest effort that the model takes; a word that nobody knows is passed on. */
export function fitEffort(effort: string, { abilities }: Pick<EncodeTarget, 'abilities'>, losses: LossList): string {
  const taken = abilities.reasoningEfforts;
  const nearest = taken && taken.length > 0 ? (nearestEffort(effort, taken) ?? effort) : effort;
  if (nearest !== effort) losses.hint('reasoning.effort', `the model takes ${nearest}, not ${effort}`);
  return nearest;
}
