import { describe, expect, it } from 'vitest';
import { authenticatorOf, directoryOf, keyResource, resource, testHasher } from '../../test/kit/identity.ts';
import { type AuthenticatorParts, type Credentials, createAuthenticator } from './authenticate.ts';
import { createKeyHasher, sha256Of } from './key-hash.ts';
import type { FileResource, KnownResource } from './resources.ts';

const now = Date.UTC(2027, 0, 1);
const clock = { now: () => now, monotonicMs: () => 0 };
const codeOf = (code: string) => expect.objectContaining({ name: 'Failure', code });

type Given = readonly (FileResource | KnownResource)[];

function known(credentials: Credentials, resources: Given, parts: Partial<AuthenticatorParts> = {}) {
  const principal = authenticatorOf(resources, { clock, ...parts }).authenticate(credentials);
  if (principal instanceof Promise) throw new TypeError('keys are known at once');
  return principal;
}

const ann = (fields: object = {}) => keyResource('vk-ann', { id: 'ann', ...fields });

describe('authenticate', () => {
  it('knows a key by its value', () => {
    expect(known({ key: 'vk-ann' }, [ann()])).toMatchObject({ id: 'key:ann', name: 'ann', tenant: 'ann', key: 'ann' });
  });

  it.each([
    ['no key', {}, {}, 'key-missing'],
    ['an empty key', { key: '' }, {}, 'key-missing'],
    ['another key', { key: 'vk-bob' }, {}, 'key-unknown'],
    ['what is kept of the key', { key: testHasher.digestsOf(sha256Of('vk-ann'))[0] }, {}, 'key-unknown'],
    ['the plain hash of the key', { key: sha256Of('vk-ann') }, {}, 'key-unknown'],
    ['a disabled key', { key: 'vk-ann' }, { disabled: true }, 'key-disabled'],
    ['a key that expires this very moment', { key: 'vk-ann' }, { expires: '2027-01-01' }, 'key-expired'],
    ['a key whose team is gone', { key: 'vk-ann' }, { team: 'gone' }, 'key-orphaned'],
    ['a key whose user is gone', { key: 'vk-ann' }, { user: 'gone' }, 'key-orphaned'],
    ['a key whose organization is gone', { key: 'vk-ann' }, { organization: 'gone' }, 'key-orphaned'],
    ['a foreign login', { foreignLogin: true }, {}, 'foreign-login'],
  ] as const)('refuses %s', (_, credentials, fields, code) => {
    expect(() => known(credentials, [ann(fields)])).toThrow(codeOf(code));
  });

  it('lets a key in until it expires', () => {
    expect(() => known({ key: 'vk-ann' }, [ann({ expires: '2027-01-01T00:00:00.001Z' })])).not.toThrow();
  });

  it('does not repeat a key that it refuses', () => {
    expect(() => known({ key: 'vk-secret' }, [])).toThrow(/^(?!.*vk-secret)/);
  });

  it.each([
    ['users', { user: 'u' }, { id: 'u' }],
    ['teams', { team: 't' }, { id: 't' }],
    ['organizations', { organization: 'o' }, { id: 'o' }],
  ] as const)('refuses a key whose level among %s is disabled, and says so', (kind, fields, level) => {
    const owner = resource(kind, { ...level, name: 'The Level', disabled: true, contact: '#help' });
    expect(() => known({ key: 'vk-ann' }, [ann(fields), owner])).toThrow(/"The Level" is disabled\. Ask #help\.$/);
  });

  it('counts a key for the only team of its user, and for that team’s organization', () => {
    const owners = [
      resource('organizations', { id: 'acme', tags: ['a'], content_logging: 'off' }),
      resource('teams', { id: 'core', organization: 'acme', tags: ['b', 'a'], contact: '#core' }),
      resource('users', { id: 'u', teams: ['core'], content_logging: 'full' }),
    ];
    expect(known({ key: 'vk-ann' }, [ann({ user: 'u', tags: ['k'] }), ...owners])).toMatchObject({
      user: 'u',
      team: 'core',
      organization: 'acme',
      tags: ['k', 'b', 'a'],
      contact: '#core',
      contentLogging: 'off',
      grants: [],
    });
  });
});

describe('the address of a caller', () => {
  const inside = ann({ allowed_ips: ['10.0.0.0/8', '2001:db8::/32', '192.168.1.7'] });

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::5', '192.168.1.7'])('%s is inside', (address) => {
    expect(known({ key: 'vk-ann', address }, [inside]).key).toBe('ann');
  });

  it.each(['11.0.0.1', '::ffff:11.0.0.1', '2001:db9::5', '192.168.1.8', 'nonsense', undefined])(
    '%s is refused',
    (address) => {
      const shown = { key: 'vk-ann', ...(address === undefined ? {} : { address }) };
      expect(() => known(shown, [inside])).toThrow(codeOf('caller-address-forbidden'));
    },
  );
});

describe('the values of a key', () => {
  const digest = (value: string) => testHasher.digestsOf(sha256Of(value))[0];
  const stored = (digests: { digest: string; until?: number }[]) => {
    const directory = directoryOf([]);
    const { body } = { body: resource('virtual_keys', { id: 'ann' }) };
    directory.apply([{ change: 'put', resource: { ...body, digests } }]);
    return directory;
  };

  it('work both during a rotation, and then only the new one', () => {
    const digests = [{ digest: digest('new') }, { digest: digest('old'), until: now + 1000 }];
    const of = (key: string, at: number) => {
      const parts = { directory: stored(digests), hasher: testHasher, clock: { ...clock, now: () => at } };
      return createAuthenticator(parts).authenticate({ key });
    };
    expect([of('new', now), of('old', now), of('new', now + 1000)]).toMatchObject([
      { key: 'ann' },
      { key: 'ann' },
      { key: 'ann' },
    ]);
    expect(() => of('old', now + 1000)).toThrow(/"ann" has a new value since its rotation/);
  });

  it('that were hashed with an encryption key that was replaced are known, and told', () => {
    const directory = stored([{ digest: digest('vk-ann') }]);
    const hasher = createKeyHasher([Buffer.alloc(32, 1), Buffer.alloc(32)]);
    const told: string[][] = [];
    const onOldDigest = (...words: string[]) => void told.push(words);
    const identity = createAuthenticator({ directory, hasher, clock, onOldDigest });
    expect(identity.authenticate({ key: 'vk-ann' })).toMatchObject({ key: 'ann' });
    expect(told).toEqual([['ann', digest('vk-ann'), hasher.digestsOf(sha256Of('vk-ann'))[0]]]);
  });
});
