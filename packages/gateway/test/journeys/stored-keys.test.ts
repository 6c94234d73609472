import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuthenticator, type Authenticator } from '../../src/identity/authenticate.ts';
import { createDirectory, type Directory } from '../../src/identity/directory.ts';
import { type Following, followStore } from '../../src/identity/follow-store.ts';
import { sha256Of } from '../../src/identity/key-hash.ts';
import type { KnownResource } from '../../src/identity/resources.ts';
import { toStored } from '../../src/identity/stored-resources.ts';
import { openDatabase, type StoreDatabase } from '../../src/store/sql/open-database.ts';
import { createResourceStore } from '../../src/store/resources/create-resource-store.ts';
import type { ResourceStore } from '../../src/store/resources/resource-store.ts';
import { resource, testHasher } from '../kit/identity.ts';

const clock = { now: () => Date.UTC(2027, 0, 1), monotonicMs: () => 0 };
const log = { info: () => {}, warn: () => {}, error: (message: string) => expect.fail(message) };
const digestOf = (value: string) => testHasher.digestsOf(sha256Of(value))[0];

let database: StoreDatabase;
let store: ResourceStore;
let directory: Directory;
let following: Following;
let identity: Authenticator;

beforeEach(async () => {
  database = await openDatabase('sqlite::memory:', { onError: (error) => expect.fail(error.message) });
  store = createResourceStore(database, clock.now);
  directory = createDirectory();
  identity = createAuthenticator({ directory, hasher: testHasher, clock });
});

afterEach(async () => {
  await following.close();
  await database.close();
});

const key = (fields: object, ...values: string[]): KnownResource => ({
  ...resource('virtual_keys', { id: 'k', ...fields }),
  digests: values.map((value) => ({ digest: digestOf(value) })),
});
const put = (made: KnownResource) => store.apply([{ type: 'put', ...toStored(made) }], []);

it('a key that is made in the store works from the next request on, changes with it, and is gone with it', async () => {
  await put(key({ tags: ['first'] }, 'sk-one'));
  following = await followStore(store, directory, log);
  expect(identity.authenticate({ key: 'sk-one' })).toMatchObject({ key: 'k', tags: ['first'] });
  await put(key({ tags: ['second'] }, 'sk-two'));
  await following.sync();
  expect(identity.authenticate({ key: 'sk-two' })).toMatchObject({ key: 'k', tags: ['second'] });
  expect(() => identity.authenticate({ key: 'sk-one' })).toThrow(/not known/);
  await store.apply([{ type: 'delete', kind: 'virtual_keys', id: 'k' }], []);
  await following.sync();
  expect(() => identity.authenticate({ key: 'sk-two' })).toThrow(/not known/);
});

it('a key of another gateway comes over by its plain hash', async () => {
  following = await followStore(store, directory, log);
  const imported = {
    ...resource('virtual_keys', { id: 'k' }),
    digests: [{ digest: testHasher.digestsOf(sha256Of('sk-litellm'))[0] }],
  };
  await put(imported);
  await following.sync();
  expect(identity.authenticate({ key: 'sk-litellm' })).toMatchObject({ key: 'k' });
});

it('a key whose team is deleted is refused', async () => {
  await put(resource('teams', { id: 'core' }));
  await put(key({ team: 'core', contact: '#help' }, 'sk-one'));
  following = await followStore(store, directory, log);
  expect(identity.authenticate({ key: 'sk-one' })).toMatchObject({ team: 'core' });
  await store.apply([{ type: 'delete', kind: 'teams', id: 'core' }], []);
  await following.sync();
  expect(() => identity.authenticate({ key: 'sk-one' })).toThrow(
    /team "core", which does not exist any more\. Ask #help/,
  );
});
