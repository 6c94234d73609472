import { describe, expect, it } from 'vitest';
import { authenticate, digestOfKey } from './authenticate.ts';
import type { VirtualKey } from './principal.ts';

const now = Date.UTC(2027, 0, 1);
const clock = { now: () => now, monotonicMs: () => 0 };

function keysOf(...keys: readonly Partial<VirtualKey>[]): ReadonlyMap<string, VirtualKey> {
  const whole = keys.map((key) => ({ name: 'ann', digest: digestOfKey('vk-ann'), models: ['*'], ...key }));
  return new Map(whole.map((key) => [key.digest, key]));
}

const codeOf = (code: string) => expect.objectContaining({ name: 'Failure', code });

describe('authenticate', () => {
  it('knows a key by its digest', () => {
    expect(authenticate({ key: 'vk-ann' }, keysOf({}), clock).key.name).toBe('ann');
  });

  it.each([
    ['no key', {}, {}, 'key-missing'],
    ['an empty key', { key: '' }, {}, 'key-missing'],
    ['another key', { key: 'vk-bob' }, {}, 'key-unknown'],
    ['the digest instead of the key', { key: digestOfKey('vk-ann') }, {}, 'key-unknown'],
    ['a disabled key', { key: 'vk-ann' }, { disabled: true }, 'key-disabled'],
    ['a key that expires this very moment', { key: 'vk-ann' }, { expiresAt: now }, 'key-expired'],
    ['a foreign login', { foreignLogin: true }, {}, 'foreign-login'],
  ] as const)('refuses %s', (_, credentials, key, code) => {
    expect(() => authenticate(credentials, keysOf(key), clock)).toThrow(codeOf(code));
  });

  it('lets a key in until it expires', () => {
    expect(() => authenticate({ key: 'vk-ann' }, keysOf({ expiresAt: now + 1 }), clock)).not.toThrow();
  });

  it('does not repeat a key that it refuses', () => {
    expect(() => authenticate({ key: 'vk-secret' }, keysOf({}), clock)).toThrow(/^(?!.*vk-secret)/);
  });
});
