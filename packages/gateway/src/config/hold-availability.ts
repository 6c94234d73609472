import type { Directory } from '../identity/directory.ts';
import { type Availability, allOpen, createAvailability } from '../routing/availability.ts';

/** What operators say of deployments, as it is now. */
export function holdAvailability(directory: Pick<Directory, 'list' | 'versionOf'>): () => Availability {
  let held = { version: 0, availability: allOpen };
  return () => {
    const version = directory.versionOf('deployment_states');
    if (held.version !== version)
      held = { version, availability: createAvailability(directory.list('deployment_states')) };
    return held.availability;
  };
}
