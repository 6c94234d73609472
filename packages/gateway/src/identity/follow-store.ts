import type { Log } from '../core/log.ts';
import type { Directory } from './directory.ts';
import type { KnownResource, ResourceChange } from './resources.ts';
import { fromStored, isKind, type StoredRow } from './stored-resources.ts';

/** A row with its place in the order of changes. */
export interface RevisedRow extends StoredRow {
  readonly revision: bigint;
  /** Set on what was deleted. */
  readonly deletedAt?: number;
}

/** A store as the directory follows it. */
export interface ResourceFeed {
  /** Everything that exists, in parts. */
  loadAll(): AsyncIterable<readonly RevisedRow[]>;
  /** The last revision that was given. */
  revision(): Promise<bigint>;
  /** What was changed or deleted after a revision, in their order, in parts. */
  changesSince(revision: bigint): AsyncIterable<readonly RevisedRow[]>;
  /** Calls back soon after there is a newer revision, whoever made it. */
  watch(onRevision: (revision: bigint) => void): Promise<{ close(): Promise<void> }>;
}

/** A directory that is kept like its store. */
export interface Following {
  /** Takes over what has changed. Resolves when everything that was committed before the call is known. */
  sync(): Promise<void>;
  /** Up to which revision the directory is like the store. */
  revision(): bigint;
  close(): Promise<void>;
}

/**
 * Fills the directory from a store and keeps it like the store from then on. A row that cannot be read is left out and told: a key that is left out
 * is unknown, and what belongs to a team that is left out is refused.
 */
export async function followStore(feed: ResourceFeed, directory: Directory, log: Log): Promise<Following> {
  let seen = await feed.revision();
  const found: KnownResource[] = [];
  for await (const rows of feed.loadAll()) {
    for (const row of rows) {
      const change = changeOf(row, log);
      if (change?.change === 'put') found.push(change.resource);
    }
  }
  directory.replaceStored(found);

  let last = Promise.resolve();

  /** One after the other, so that an older change never lands on a newer one. */
  function sync(): Promise<void> {
    const next = last.then(pull);
    last = next.catch(() => {});
    return next;
  }

  async function pull(): Promise<void> {
    for await (const rows of feed.changesSince(seen)) {
      const changes = rows.map((row) => changeOf(row, log)).filter((change) => change !== undefined);
      if (changes.length > 0) directory.apply(changes);
      seen = rows.at(-1)?.revision ?? seen;
    }
  }

  const watch = await feed.watch((revision) => {
    if (revision <= seen) return;
    sync().catch((error: unknown) => log.error('changes in the store could not be read', { why: String(error) }));
  });
  // What changed between the first look and the watch.
  await sync();
  return {
    sync,
    revision: () => seen,
    async close() {
      await watch.close();
      await last;
    },
  };
}

/** What a row changes. What cannot be read any more is as good as deleted. */
function changeOf(row: RevisedRow, log: Log): ResourceChange | undefined {
  const { kind, id } = row;
  if (!isKind(kind)) return undefined;
  if (row.deletedAt !== undefined) return { change: 'delete', kind, id };
  try {
    return { change: 'put', resource: fromStored(row) };
  } catch (error) {
    log.error('a resource in the store cannot be read and is left out', { kind, id, why: String(error) });
    return { change: 'delete', kind, id };
  }
}
