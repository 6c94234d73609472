import { beforeEach, describe, expect, it } from 'vitest';
import { resource } from '../../test/kit/identity.ts';
import type { Log } from '../core/log.ts';
import { createDirectory, type Directory } from './directory.ts';
import { followStore, type ResourceFeed, type RevisedRow } from './follow-store.ts';
import { fromStored, toStored } from './stored-resources.ts';

let rows: Map<string, RevisedRow>;
let last: bigint;
let ring: (revision: bigint) => void;
let directory: Directory;
let lines: string[];

const feed: ResourceFeed = {
  async *loadAll() {
    for (const row of rows.values()) if (row.deletedAt === undefined) yield [row];
  },
  revision: async () => last,
  async *changesSince(revision) {
    for (const row of rows.values()) if (row.revision > revision) yield [row];
  },
  watch: async (onRevision) => {
    ring = onRevision;
    return { close: async () => {} };
  },
};
const line = (message: string, fields: object = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
const log: Log = { info: line, warn: line, error: line };

function commit(row: Omit<RevisedRow, 'revision'>): void {
  last += 1n;
  rows.delete(row.id);
  rows.set(row.id, { ...row, revision: last });
}

const team = (id: string, fields: object = {}) => toStored(resource('teams', { id, ...fields }));

beforeEach(() => {
  rows = new Map();
  last = 0n;
  lines = [];
  directory = createDirectory();
});

describe('a directory that follows its store', () => {
  it('knows all that was there, then what changes, then what is gone', async () => {
    commit(team('core'));
    const following = await followStore(feed, directory, log);
    expect(directory.get('teams', 'core')).toBeDefined();
    commit(team('core', { tags: ['new'] }));
    commit(team('web'));
    await following.sync();
    expect([...directory.list('teams')]).toMatchObject([{ id: 'core', tags: ['new'] }, { id: 'web' }]);
    commit({ kind: 'teams', id: 'core', body: null, deletedAt: 1 });
    ring(last);
    await following.close();
    expect([...directory.list('teams')]).toMatchObject([{ id: 'web' }]);
  });

  it('leaves out what it cannot read, and says which', async () => {
    commit({ kind: 'teams', id: 'odd', body: { models: 7 } });
    commit({ kind: 'from-the-future', id: 'x', body: {} });
    commit(team('core'));
    await followStore(feed, directory, log);
    expect([...directory.list('teams')].map(({ id }) => id)).toEqual(['core']);
    expect(lines).toEqual([expect.stringMatching(/cannot be read and is left out.*"odd"/)]);
  });

  it('forgets what has become unreadable: nobody goes on with what was withdrawn', async () => {
    commit(team('core'));
    const following = await followStore(feed, directory, log);
    commit({ kind: 'teams', id: 'core', body: 'garbage' });
    await following.sync();
    expect(directory.get('teams', 'core')).toBeUndefined();
  });
});

describe('what is stored of a resource', () => {
  it('comes back as it was, with the values of keys', () => {
    const digests = [{ digest: 'new' }, { digest: 'old', until: 5 }];
    const key = { ...resource('virtual_keys', { id: 'k', name: 'Key', tags: ['a'], metadata: { x: [1] } }), digests };
    const row = toStored(key);
    expect(row).toMatchObject({ kind: 'virtual_keys', id: 'k', name: 'Key' });
    expect(fromStored(row)).toEqual(key);
  });

  it('gets the defaults of fields that it does not know yet', () => {
    expect(fromStored({ kind: 'teams', id: 't', body: { id: 't' } })).toEqual(resource('teams', { id: 't' }));
  });
});
