import type { Snapshot } from './snapshot.ts';

/** The one place that changes when the configuration does. An exchange asks once, at its beginning. */
export interface SnapshotHolder {
  current(): Snapshot;
  replace(next: Snapshot): void;
  /** Calls back with every snapshot that comes, before anybody else sees it. */
  onReplace(listener: (next: Snapshot) => void): void;
}

export function createSnapshotHolder(first: Snapshot): SnapshotHolder {
  let held = first;
  const listeners: ((next: Snapshot) => void)[] = [];
  return {
    current: () => held,
    replace: (next) => {
      for (const listener of listeners) listener(next);
      held = next;
    },
    onReplace: (listener) => void listeners.push(listener),
  };
}
