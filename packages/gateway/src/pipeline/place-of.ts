import type { Deployment } from '../routing/plan.ts';

/** How records name a deployment. */
export function placeOf({ provider, model, credential }: Deployment) {
  return { provider: provider.name, model, credential: credential.id };
}
