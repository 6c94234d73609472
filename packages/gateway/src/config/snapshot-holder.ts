import type { Snapshot } from './snapshot.ts';

/** The one place that changes when the configuration does. An exchange asks once, at its beginning. */
export interface SnapshotHolder {
  current(): Snapshot;
  replace(next: Snapshot): void;
}

export function createSnapshotHolder(first: Snapshot): SnapshotHolder {
  let held = first;
  return {
    current: () => held,
    replace: (next) => {
      held = next;
    },
  };
}
