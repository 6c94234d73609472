import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resource } from '../../test/kit/identity.ts';
import { createDirectory, type Directory } from './directory.ts';
import type { KeyDigest, KnownResource, ResourceChange } from './resources.ts';

const key = (id: string, digests: KeyDigest[], fields: object = {}): KnownResource => ({
  ...resource('virtual_keys', { id, ...fields }),
  digests,
});
const put = (made: KnownResource): ResourceChange => ({ change: 'put', resource: made });
const gone = (kind: KnownResource['kind'], id: string): ResourceChange => ({ change: 'delete', kind, id });
const idsOf = (directory: Directory, kind: KnownResource['kind']) => [...directory.list(kind)].map(({ id }) => id);

describe('a directory', () => {
  it('knows what the document names and what operators made', () => {
    const directory = createDirectory();
    directory.replaceFile([resource('teams', { id: 'core' })]);
    directory.apply([put(resource('teams', { id: 'web' }))]);
    expect(idsOf(directory, 'teams')).toEqual(['core', 'web']);
    expect(['core', 'web', 'no'].map((id) => directory.originOf('teams', id))).toEqual(['file', 'store', undefined]);
  });

  it('lets the document’s hold where both have an id, and says so', () => {
    const directory = createDirectory();
    directory.replaceStored([key('a', [{ digest: 'stored' }], { tags: ['stored'] })]);
    directory.replaceFile([key('a', [{ digest: 'file' }], { tags: ['file'] })]);
    expect(directory.get('virtual_keys', 'a')?.tags).toEqual(['file']);
    expect(idsOf(directory, 'virtual_keys')).toEqual(['a']);
    expect([directory.findKey('file')?.key.id, directory.findKey('stored')]).toEqual(['a', undefined]);
    expect(directory.problems()).toEqual([
      expect.stringContaining('"a" is in the configuration document and in the store'),
    ]);
    directory.replaceFile([]);
    expect(directory.findKey('stored')?.key.tags).toEqual(['stored']);
    expect(directory.findKey('file')).toBeUndefined();
  });

  it('tells who names what is not there', () => {
    const directory = createDirectory();
    directory.replaceStored([
      resource('users', { id: 'ann', teams: ['core', 'gone'] }),
      resource('teams', { id: 'core' }),
      resource('budgets', { id: 'b', scope: { key: 'lost' }, dollars: 1 }),
    ]);
    expect(directory.problems()).toEqual([
      'users "ann": teams.1 names "gone", which is not among teams',
      'budgets "b": scope.key names "lost", which is not among virtual_keys',
    ]);
  });

  it('counts changes, and says which kinds they were of', () => {
    const directory = createDirectory();
    directory.apply([put(resource('teams', { id: 'core' }))]);
    const before = directory.versionOf('budgets');
    directory.apply([put(resource('budgets', { id: 'b', dollars: 1 })), gone('teams', 'core')]);
    expect(directory.version()).toBe(2);
    expect([
      before,
      directory.versionOf('budgets'),
      directory.versionOf('teams'),
      directory.versionOf('users'),
    ]).toEqual([0, 2, 2, 0]);
  });

  it('keeps a key’s values when only its fields change, and forgets those that are replaced', () => {
    const directory = createDirectory();
    directory.apply([put(key('a', [{ digest: 'one' }]))]);
    directory.apply([put(resource('virtual_keys', { id: 'a', disabled: true }))]);
    expect(directory.findKey('one')?.key.disabled).toBe(true);
    directory.apply([put(key('a', [{ digest: 'two' }, { digest: 'one', until: 5 }]))]);
    expect([directory.findKey('two'), directory.findKey('one')?.until]).toMatchObject([{ key: { id: 'a' } }, 5]);
    directory.apply([gone('virtual_keys', 'a')]);
    expect([directory.findKey('one'), directory.findKey('two')]).toEqual([undefined, undefined]);
  });

  it('does not let go of frozen defaults: what was handed over cannot be changed from outside', () => {
    const directory = createDirectory();
    const made = resource('teams', { id: 'core', models: ['a'], metadata: { deep: { list: [1] } } });
    directory.replaceStored([made]);
    expect(() => made.body.models.push('b')).toThrow(TypeError);
    expect(() => Object.assign(made.body.metadata['deep'] ?? {}, { more: 1 })).toThrow(TypeError);
  });

  it('finds a key by exactly its values, whatever happened before', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const change = fc.oneof(
      fc.record({ id, values: fc.uniqueArray(fc.integer({ min: 0, max: 4 })) }),
      fc.record({ id, values: fc.constant(undefined) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const directory = createDirectory();
        const expected = new Map<string, readonly string[]>();
        for (const { id: name, values } of changes) {
          const digests = values?.map((value) => `${name}-${value}`);
          directory.apply([
            digests
              ? put(
                  key(
                    name,
                    digests.map((digest) => ({ digest })),
                  ),
                )
              : gone('virtual_keys', name),
          ]);
          if (digests) expected.set(name, digests);
          else expected.delete(name);
        }
        for (const name of ['a', 'b', 'c']) {
          for (let value = 0; value < 5; value += 1) {
            const digest = `${name}-${value}`;
            const wanted = expected.get(name)?.includes(digest) ? name : undefined;
            expect(directory.findKey(digest)?.key.id).toBe(wanted);
          }
        }
      }),
    );
  });
});
