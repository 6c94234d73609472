import type { Plan } from '../config/deployment.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { mergeParameters, type Parameters } from '../core/parameters.ts';

/**
 * The plan with what is set in this one request, over what each deployment sets. The same array where nothing is, and always the same one for the same plan and the same
 * parameters, so that what is worked out of a plan can be kept.
 */
export function layParameters(plan: Plan, parameters: Parameters | undefined, { laid }: Pick<Snapshot, 'laid'>): Plan {
  return parameters ? laid.of(plan, parameters, () => laidOver(plan, parameters)) : plan;
}

function laidOver([first, ...others]: Plan, parameters: Parameters): Plan {
  const over = (deployment: Plan[0]) => {
    const merged = mergeParameters(deployment.parameters, parameters);
    return Object.freeze({ ...deployment, ...(merged ? { parameters: merged } : {}) });
  };
  return Object.freeze([over(first), ...others.map(over)] as const);
}
