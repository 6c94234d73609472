import type { Clock } from '../../src/core/clock.ts';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../src/control-plane/refused.ts';
import type { Change, Put } from '../../src/control-plane/resources/change.ts';
import { createResourceService, type ResourceService } from '../../src/control-plane/resources/resource-service.ts';
import { createDirectory, type Directory } from '../../src/identity/directory.ts';
import { followStore } from '../../src/identity/follow-store.ts';
import { sha256Of } from '../../src/identity/key-hash.ts';
import { createAuditLog } from '../../src/store/resources/audit-log.ts';
import { createResourceStore } from '../../src/store/resources/create-resource-store.ts';
import type { StoreDatabase } from '../../src/store/sql/open-database.ts';
import { resource, testHasher } from '../kit/identity.ts';
import { describeStores } from '../kit/stores.ts';
import { resourceChecks } from '../kit/resource-checks.ts';

let nowMs = 1_800_000_000_000;
const clock: Clock = { now: () => (nowMs += 1), monotonicMs: () => nowMs };
const log = { info: () => {}, warn: () => {}, error: () => {} };
const actor = { name: 'admin', requestId: 'req_1', sourceIp: '127.0.0.1' };

/** One replica on a store. */
async function replica(database: StoreDatabase) {
  const directory = createDirectory();
  const store = createResourceStore(database, clock.now);
  const following = await followStore(store, directory, log);
  const service = createResourceService({
    directory,
    following,
    store,
    hasher: testHasher,
    clock,
    pricesOfFile: () => [],
    checks: resourceChecks,
    fileName: 'turnpike.yaml',
  });
  return { directory, service, following, audit: createAuditLog(database, clock.now) };
}

const put = (kind: Put['kind'], body: Put['body'], fields: Partial<Put> = {}): Put => ({
  op: 'put',
  kind,
  body,
  ...fields,
});

async function refusalOf(done: Promise<unknown>): Promise<Refused> {
  const thrown: unknown = await done.catch((error: unknown) => error);
  if (thrown instanceof Refused) return thrown;
  throw new Error(
    `was not refused: ${JSON.stringify(thrown, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
  );
}

const found = (directory: Directory, value: string) => directory.findKey(testHasher.digestsOf(sha256Of(value))[0]);

async function make(service: ResourceService, ...changes: Change[]) {
  return service.change(actor, changes);
}

describeStores(['sqlite', 'postgres'], (kit) => {
  describe('changes of resources', () => {
    it('hold at once, and are told in the audit log', async () => {
      const { service, directory, audit, following } = await replica(await kit.open());
      const [team, key] = await make(
        service,
        put('teams', { id: 'core', tags: ['a'] }),
        put('virtual_keys', { name: 'laptop', team: 'core' }),
      );
      expect(team).toMatchObject({ did: 'create', kind: 'teams', id: 'core', after: { tags: ['a'], models: ['*'] } });
      expect(key?.id).toMatch(/^key_/);
      expect(key?.value).toMatch(/^sk-tp-\w{40}$/);
      expect(found(directory, key?.value ?? '')?.key).toMatchObject({ id: key?.id, team: 'core' });
      expect(directory.idOf('virtual_keys', 'laptop')).toBe(key?.id);

      const [changed] = await make(service, {
        op: 'patch',
        kind: 'teams',
        id: 'core',
        patch: { tags: null, name: 'Core' },
      });
      expect(changed).toMatchObject({ did: 'update', before: { tags: ['a'] }, after: { tags: [], name: 'Core' } });
      const [same] = await make(service, put('teams', { id: 'core', name: 'Core' }));
      expect(same).toMatchObject({ did: 'nothing', revision: changed?.revision });

      const { items } = await audit.list({}, { limit: 10 });
      expect(items.map(({ action, resourceId }) => `${action} ${resourceId}`)).toEqual([
        'team.update core',
        `virtual-key.create ${key?.id}`,
        'team.create core',
      ]);
      expect(items[0]).toMatchObject({
        actor: 'admin',
        requestId: 'req_1',
        sourceIp: '127.0.0.1',
        before: { tags: ['a'] },
        after: { name: 'Core' },
      });
      expect(JSON.stringify(items, (_, each) => (typeof each === 'bigint' ? Number(each) : each))).not.toMatch(
        /sk-tp-|digest/,
      );
      await following.close();
    });

    it('are made all or none', async () => {
      const { service, directory, audit, following } = await replica(await kit.open());
      await make(service, put('teams', { id: 'core' }));
      const refused = await refusalOf(
        make(
          service,
          put('teams', { id: 'web' }, { at: ['teams', 0] }),
          put('users', { id: 'ann', teams: ['web', 'wbe'] }, { at: ['users', 0] }),
          put('budgets', { id: 'b', dollars: -1, time_zone: 'Mars/Base', colour: 1 }, { at: ['budgets', 0] }),
        ),
      );
      expect(refused.code).toBe('invalid');
      expect(refused.details.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['budgets[0].dollars', 'budgets[0].time_zone', 'budgets[0].colour']),
      );
      const unknown = await refusalOf(make(service, put('users', { id: 'ann', teams: ['cores'] })));
      expect(unknown.message).toBe('teams[0]: names `cores`, which is not in `teams` (did you mean `core`?)');
      expect([...directory.list('teams')].map(({ id }) => id)).toEqual(['core']);
      expect((await audit.list({}, { limit: 10 })).items).toHaveLength(1);
      await following.close();
    });

    it.each<[string, Change[], string, RegExp]>([
      ['an id that is taken', [put('teams', { id: 'core' }, { ifMatch: 'absent' })], 'conflict', /is there already/],
      [
        'a name that is taken',
        [put('teams', { id: 'x', name: 'Core team' })],
        'conflict',
        /^name: another team is called/,
      ],
      [
        'a name that is an id',
        [put('teams', { id: 'x', name: 'core' })],
        'conflict',
        /^name: another team is called `core` too/,
      ],
      ['an id that is a name', [put('teams', { id: 'Core team' })], 'conflict', /^id: another team is called/],
      [
        'one name for two',
        [put('teams', { id: 'x', name: 'N' }), put('teams', { id: 'y', name: 'N' })],
        'conflict',
        /^name: another/,
      ],
      ['an old revision', [put('teams', { id: 'core' }, { ifMatch: 99n })], 'precondition-failed', /changed meanwhile/],
      ['what is not there', [{ op: 'delete', kind: 'teams', id: 'nope' }], 'not-found', /there is no team `nope`/],
      [
        'another id',
        [{ op: 'patch', kind: 'teams', id: 'core', patch: { id: 'x' } }],
        'invalid',
        /^id: cannot be changed/,
      ],
      ['twice the same', [put('teams', { id: 'x' }), put('teams', { id: 'x' })], 'invalid', /changed twice/],
      ['what the document makes', [put('teams', { id: 'filed' })], 'read-only', /made by turnpike.yaml/],
      [
        'what others name',
        [{ op: 'delete', kind: 'teams', id: 'core' }],
        'in-use',
        /the virtual key `k` names it in team/,
      ],
      [
        'a value that is taken',
        [put('virtual_keys', { id: 'z' }, { value: { value: 'value-of-k-0123' } })],
        'conflict',
        /^value: is the value of the virtual key `k`/,
      ],
      [
        'a value that breaks headers',
        [put('virtual_keys', { id: 'z' }, { value: { value: 'with\r\nnewline' } })],
        'invalid',
        /^value: must have/,
      ],
      [
        'prices that tie',
        [put('prices', { id: 'p2', model: 'gpt-*', free: true })],
        'conflict',
        /may fit the same requests as `p1`/,
      ],
      [
        'a circle of fallbacks',
        [put('budgets', { id: 'b', dollars: 1, scope: { model: 'x' }, fallback_model: 'x' })],
        'invalid',
        /^fallback_model: leads back/,
      ],
    ])('are refused for %s', async (_, changes, code, message) => {
      const { service, directory, following } = await replica(await kit.open());
      directory.replaceFile([resource('teams', { id: 'filed' })]);
      await make(
        service,
        put('teams', { id: 'core', name: 'Core team' }),
        put('virtual_keys', { id: 'k', team: 'core' }, { value: { value: 'value-of-k-0123' } }),
        put('prices', { id: 'p1', model: 'gpt-*', multiplier: 2 }),
      );
      const ground = following.revision();
      const refused = await refusalOf(service.change(actor, changes));
      expect([refused.code, refused.message]).toEqual([code, expect.stringMatching(message)]);
      await following.sync();
      expect(following.revision()).toBe(ground);
      await following.close();
    });

    it('take along what names them, if asked to', async () => {
      const { service, directory, following } = await replica(await kit.open());
      await make(
        service,
        put('organizations', { id: 'acme' }),
        put('teams', { id: 'core', organization: 'acme' }),
        put('teams', { id: 'web' }),
        put('users', { id: 'ann', teams: ['core', 'web'] }),
        put('virtual_keys', { id: 'k', team: 'core' }, { value: { value: 'value-of-k-0123' } }),
        put('budgets', { id: 'b', dollars: 1, scope: { key: 'k' } }),
        put('budgets', { id: 'b2', dollars: 1 }),
      );
      const done = await make(service, { op: 'delete', kind: 'organizations', id: 'acme', cascade: true });
      expect(done.map(({ did, kind, id }) => `${did} ${kind}/${id}`).toSorted()).toEqual([
        'delete budgets/b',
        'delete organizations/acme',
        'delete teams/core',
        'delete virtual_keys/k',
        'update users/ann',
      ]);
      expect(directory.get('users', 'ann')?.teams).toEqual(['web']);
      expect(found(directory, 'value-of-k-0123')).toBeUndefined();
      expect(directory.problems()).toEqual([]);
      await following.close();
    });

    it('rotate a key: the old value works on for its grace only', async () => {
      const { service, directory, following } = await replica(await kit.open());
      await make(service, put('virtual_keys', { id: 'k' }, { value: { value: 'first-value-1' } }));
      const rotate = (graceSeconds: number): Change => ({
        op: 'patch',
        kind: 'virtual_keys',
        id: 'k',
        patch: {},
        value: 'generate',
        graceSeconds,
      });
      const [second] = await make(service, rotate(60));
      expect(second).toMatchObject({ did: 'rotate', value: expect.stringMatching(/^sk-tp-/) });
      expect(found(directory, 'first-value-1')?.until).toBeCloseTo(nowMs + 60_000, -2);
      await make(service, { op: 'patch', kind: 'virtual_keys', id: 'k', patch: { disabled: true } });
      expect(found(directory, second?.value ?? '')).toMatchObject({ key: { disabled: true } });
      expect(found(directory, 'first-value-1')?.until).toBeDefined();
      const [third] = await make(service, rotate(0));
      expect(found(directory, 'first-value-1')).toBeUndefined();
      expect(found(directory, second?.value ?? '')).toBeUndefined();
      expect(found(directory, third?.value ?? '')?.key.id).toBe('k');
      await following.close();
    });

    it('can be tried without being made', async () => {
      const { service, directory, following } = await replica(await kit.open());
      const [tried] = await service.change(actor, [put('virtual_keys', { id: 'k' })], { dryRun: true });
      expect(tried).toMatchObject({ did: 'create', id: 'k' });
      expect(tried).not.toHaveProperty('value');
      expect(directory.get('virtual_keys', 'k')).toBeUndefined();
      await following.close();
    });

    it('are one writer’s of two with the same revision', async () => {
      const { service, following } = await replica(await kit.open());
      const [made] = await make(service, put('teams', { id: 'core' }));
      const write = (name: string) =>
        service.change(actor, [put('teams', { id: 'core', name }, { ifMatch: made?.revision ?? 0n })]);
      const results = await Promise.allSettled([write('A'), write('B'), write('C')]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
      await following.close();
    });
  });
});

describeStores(['postgres'], (kit) => {
  it('of two replicas never leave something pointing at nothing', async () => {
    const url = await kit.newUrl();
    const one = await replica(await kit.open(url));
    const two = await replica(await kit.open(url));
    await make(one.service, ...Array.from({ length: 10 }, (_, index) => put('teams', { id: `t${index}` })));
    const racing = Array.from({ length: 10 }, (_, index) => [
      one.service.change(actor, [{ op: 'delete', kind: 'teams', id: `t${index}` }]),
      two.service.change(actor, [put('virtual_keys', { id: `k${index}`, team: `t${index}` })]),
    ]);
    const results = await Promise.allSettled(racing.flat());
    await Promise.all([one.following.sync(), two.following.sync()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const { directory } of [one, two]) expect(directory.problems()).toEqual([]);
    expect([...one.directory.list('virtual_keys')].map(({ id }) => id).toSorted()).toEqual(
      [...two.directory.list('virtual_keys')].map(({ id }) => id).toSorted(),
    );
    await one.following.close();
    await two.following.close();
  });
});
