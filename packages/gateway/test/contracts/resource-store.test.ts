import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createAuditLog } from '../../src/store/resources/audit-log.ts';
import { createResourceStore } from '../../src/store/resources/create-resource-store.ts';
import {
  type PutChange,
  type ResourceStore,
  type StoredResource,
  StoreConflict,
} from '../../src/store/resources/resource-store.ts';
import { describeStores, type StoreKit } from '../kit/stores.ts';

let time = 1_800_000_000_000;
const now = () => (time += 1000);

const put = (id: string, fields: Partial<PutChange> = {}): PutChange => ({
  type: 'put',
  kind: 'teams',
  id,
  body: { id },
  ...fields,
});
const remove = (id: string, expected?: bigint) =>
  ({ type: 'delete', kind: 'teams', id, ...(expected === undefined ? {} : { expected }) }) as const;

async function all(parts: AsyncIterable<readonly StoredResource[]>): Promise<readonly StoredResource[]> {
  const resources: StoredResource[] = [];
  for await (const part of parts) resources.push(...part);
  return resources;
}

const idsOf = (resources: readonly StoredResource[]) => resources.map(({ id }) => id);

async function conflictOf(applied: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await applied.catch((error: unknown) => error);
  if (!(error instanceof StoreConflict)) throw new Error(`no conflict: ${String(error)}`);
  return [error.reason, error.kind, error.id];
}

async function openWith(kit: StoreKit, url?: string) {
  const database = await kit.open(url);
  return { database, store: createResourceStore(database, now), audit: createAuditLog(database, now) };
}

describeStores(['sqlite', 'postgres'], (kit) => {
  const names = async (store: ResourceStore) =>
    Object.fromEntries((await all(store.loadAll())).map(({ id, name }) => [id, name]));

  describe('resources', () => {
    it('are made, changed and deleted, and each change has the next revision', async () => {
      const { store } = await openWith(kit);
      expect(await store.apply([put('a', { name: 'A', body: { x: ["'; --", null, 1.5] } }), put('b')], [])).toEqual([
        1n,
        2n,
      ]);
      const made = await store.get('teams', 'a');
      expect(made).toEqual({
        kind: 'teams',
        id: 'a',
        name: 'A',
        revision: 1n,
        body: { x: ["'; --", null, 1.5] },
        createdAt: time,
        updatedAt: time,
      });
      expect(await store.apply([put('a', { name: 'A', body: 1 })], [])).toEqual([3n]);
      expect(await store.get('teams', 'a')).toMatchObject({ body: 1, createdAt: made?.createdAt, updatedAt: time });
      expect(await store.apply([remove('a')], [])).toEqual([4n]);
      expect(await store.get('teams', 'a')).toBeUndefined();
      expect(idsOf(await all(store.loadAll()))).toEqual(['b']);
      expect(await store.revision()).toBe(4n);
      expect(await all(store.changesSince(2n))).toMatchObject([{ id: 'a', revision: 4n, deletedAt: time, body: null }]);
      expect(await all(store.changesSince(4n))).toEqual([]);
      await store.apply([put('a', { expected: 'absent' })], []);
      expect(await store.get('teams', 'a')).toMatchObject({ createdAt: time, revision: 5n });
    });

    it.each([
      ['made twice', put('a', { expected: 'absent' }), ['exists', 'teams', 'a']],
      ['changed on the ground of an old one', put('a', { expected: 7n }), ['changed', 'teams', 'a']],
      ['deleted on the ground of an old one', remove('a', 7n), ['changed', 'teams', 'a']],
      ['changed where there is none', put('x', { expected: 1n }), ['missing', 'teams', 'x']],
      ['deleted where there is none', remove('x'), ['missing', 'teams', 'x']],
      ['given the name of another', put('x', { name: 'A' }), ['name-taken', 'teams', 'x']],
    ] as const)('are not %s, and nothing else happens either', async (_, change, conflict) => {
      const { store, audit } = await openWith(kit);
      await store.apply([put('a', { name: 'A' })], []);
      const changes = [put('other'), change];
      expect(await conflictOf(store.apply(changes, [{ actor: 'ann', action: 'team.create' }]))).toEqual(conflict);
      expect(idsOf(await all(store.loadAll()))).toEqual(['a']);
      expect(await store.revision()).toBe(1n);
      expect((await audit.list({}, { limit: 10 })).items).toEqual([]);
    });

    it('may swap names, take the name of a deleted one, and share it with other kinds', async () => {
      const { store } = await openWith(kit);
      await store.apply([put('a', { name: 'A' }), put('b', { name: 'B' }), put('c', { name: 'C' })], []);
      await store.apply([put('a', { name: 'B' }), put('b', { name: 'A' }), remove('c'), put('d', { name: 'C' })], []);
      expect(await names(store)).toEqual({ a: 'B', b: 'A', d: 'C' });
      await store.apply([put('a', { kind: 'users', name: 'A' }), put('e', { name: 'a' })], []);
      expect(await conflictOf(store.apply([put('x', { name: 'N' }), put('y', { name: 'N' })], []))).toContain(
        'name-taken',
      );
      await expect(store.apply([put('x'), put('x')], [])).rejects.toThrow(/twice/);
    });

    it('keep their secrets beside them', async () => {
      const { store } = await openWith(kit);
      await store.apply([put('a', { sealed: 's1' }), put('b', { sealed: 's2' }), put('c')], []);
      await store.apply([put('a'), put('b', { sealed: null }), put('c', { sealed: 's3' })], []);
      expect(await store.secretsOf('teams')).toEqual(
        new Map([
          ['a', 's1'],
          ['c', 's3'],
        ]),
      );
      await store.apply([remove('a')], []);
      expect([...(await store.secretsOf('teams')).keys()]).toEqual(['c']);
      expect(await store.secretsOf('users')).toEqual(new Map());
    });

    it('are loaded and followed in parts, however many there are', async () => {
      const { store } = await openWith(kit);
      const ids = Array.from({ length: 4_500 }, (_, index) => `t${String(index).padStart(5, '0')}`);
      await store.apply(
        ids.map((id) => put(id, { name: id })),
        [],
      );
      expect(idsOf(await all(store.loadAll()))).toEqual(ids);
      expect(idsOf(await all(store.changesSince(100n)))).toEqual(ids.slice(100));
    });

    it('are changed by many at once without losing a revision', async () => {
      const { store } = await openWith(kit);
      const applied = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.apply([put(`t${index % 4}`)], [])),
      );
      expect(new Set(applied.flat()).size).toBe(20);
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => store.apply([put('new', { expected: 'absent' })], [])),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('a watcher', () => {
    it('hears of every change that was made here', async () => {
      const { store } = await openWith(kit);
      const heard: bigint[] = [];
      const watch = await store.watch((revision) => heard.push(revision));
      await store.apply([put('a')], []);
      await store.apply([put('b')], []);
      await watch.close();
      await store.apply([put('c')], []);
      expect(heard).toEqual([1n, 2n]);
    });
  });

  describe('the audit log', () => {
    it('tells who did what, newest first, in pages', async () => {
      const { store, audit } = await openWith(kit);
      const evil = `Robert'); DROP TABLE audit_events;--`;
      await store.apply(
        [put('a'), put('b')],
        [
          { actor: evil, action: 'team.create', kind: 'teams', resourceId: 'a', after: { id: 'a' }, sourceIp: '::1' },
          { actor: 'bob', action: 'team.create', kind: 'teams', resourceId: 'b', before: null, requestId: 'r' },
        ],
      );
      const changedAt = time;
      await audit.append([{ actor: 'bob', action: 'operator.login' }]);
      const first = await audit.list({}, { limit: 2 });
      expect(first.items).toEqual([
        { seq: 3n, at: time, actor: 'bob', action: 'operator.login' },
        {
          seq: 2n,
          at: changedAt,
          actor: 'bob',
          action: 'team.create',
          kind: 'teams',
          resourceId: 'b',
          before: null,
          requestId: 'r',
        },
      ]);
      const second = await audit.list({}, { limit: 2, after: first.next });
      expect(second).toEqual({
        items: [
          {
            seq: 1n,
            at: changedAt,
            actor: evil,
            action: 'team.create',
            kind: 'teams',
            resourceId: 'a',
            after: { id: 'a' },
            sourceIp: '::1',
          },
        ],
      });
      const seqsOf = async (filter: Parameters<typeof audit.list>[0]) =>
        (await audit.list(filter, { limit: 10 })).items.map(({ seq }) => seq);
      expect(await seqsOf({ actor: evil })).toEqual([1n]);
      expect(await seqsOf({ kind: 'teams', resourceId: 'b' })).toEqual([2n]);
      expect(await seqsOf({ action: 'operator.login', since: time, until: time + 1 })).toEqual([3n]);
      expect(await seqsOf({ until: changedAt })).toEqual([]);
      await expect(audit.list({}, { limit: 1, after: 'x' })).rejects.toThrow(/cursor/);
    });
  });
});

describeStores(['postgres'], (kit) => {
  describe('replicas', () => {
    it('hear of each other’s changes, also after their connections broke', async () => {
      const url = await kit.newUrl();
      const [here, there] = [await openWith(kit, url), await openWith(kit, url)];
      const waiting = new Set<() => void>();
      let last = 0n;
      const watch = await here.store.watch((revision) => {
        last = revision;
        for (const tell of waiting) tell();
      });
      const heard = (revision: bigint) =>
        new Promise<void>((resolve) => {
          const look = () => void (last >= revision && resolve());
          waiting.add(look);
          look();
        });
      await there.store.apply([put('a')], []);
      await heard(1n);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
        there.database.db,
      );
      await there.store.apply([put('b')], []);
      await heard(2n);
      await watch.close();
      expect(last).toBe(2n);
    });

    it('never see a revision before a smaller one', async () => {
      const url = await kit.newUrl();
      const replicas = await Promise.all(Array.from({ length: 3 }, () => openWith(kit, url)));
      const [reader] = replicas;
      if (!reader) throw new Error('there are three');
      const writing = new AbortController();
      const writers = Promise.all(
        replicas.flatMap(({ store }, replica) =>
          Array.from({ length: 20 }, (_, index) =>
            store.apply([put(`${replica}-${index}`), put(`${replica}+${index}`)], []),
          ),
        ),
      ).finally(() => writing.abort());
      const seen: bigint[] = [];
      do {
        for (const { revision } of await all(reader.store.changesSince(seen.at(-1) ?? 0n))) seen.push(revision);
      } while (!writing.signal.aborted);
      await writers;
      for (const { revision } of await all(reader.store.changesSince(seen.at(-1) ?? 0n))) seen.push(revision);
      expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => BigInt(index + 1)));
    });
  });
});
