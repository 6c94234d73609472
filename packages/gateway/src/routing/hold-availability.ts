import type { DeploymentState } from '@turnpike/contract/resources/deployment-state';
import { type Availability, allOpen, createAvailability } from './availability.ts';

/** Where the states of deployments are kept, and how to see that they have changed. */
export interface StatesOfDeployments {
  versionOf(kind: 'deployment_states'): number;
  list(kind: 'deployment_states'): Iterable<DeploymentState>;
}

/** What operators say of deployments, as it is now. */
export function holdAvailability(states: StatesOfDeployments): () => Availability {
  let held = { version: 0, availability: allOpen };
  return () => {
    const version = states.versionOf('deployment_states');
    if (held.version !== version)
      held = { version, availability: createAvailability(states.list('deployment_states')) };
    return held.availability;
  };
}
