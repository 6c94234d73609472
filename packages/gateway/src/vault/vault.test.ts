import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault } from './vault.ts';

const key = randomBytes(32);
const vault = createVault([key]);
const content = Buffer.from('what was done: été 🙂');

describe('a vault', () => {
  it('opens what it sealed, whatever that is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const sealed = vault.seal(Buffer.from(bytes), context);
        expect(sealed).toMatch(/^[\w-]+$/);
        expect(vault.open(sealed, context)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('never seals the same way twice, and shows nothing of what is inside', () => {
    const [one, two] = [vault.seal(content, 'alice'), vault.seal(content, 'alice')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one, 'base64url').includes('done')).toBe(false);
  });

  it('does not open for another context', () => {
    const sealed = vault.seal(content, 'alice');
    expect(vault.open(sealed, 'bob')).toBeUndefined();
    expect(vault.open(sealed, '')).toBeUndefined();
  });

  it('does not open what was changed in any single bit or cut anywhere', () => {
    const bytes = Buffer.from(vault.seal(content, 'alice'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(vault.open(changed.toString('base64url'), 'alice')).toBeUndefined();
      expect(vault.open(bytes.subarray(0, at).toString('base64url'), 'alice')).toBeUndefined();
    }
  });

  it('does not open with another key', () => {
    expect(createVault([randomBytes(32)]).open(vault.seal(content, 'alice'), 'alice')).toBeUndefined();
  });

  it('opens with a key that was replaced, while it is still known', () => {
    const sealed = vault.seal(content, 'alice');
    const next = randomBytes(32);
    const rotated = createVault([next, key]);
    expect(rotated.open(sealed, 'alice')).toEqual(content);
    const fresh = rotated.seal(content, 'alice');
    expect(vault.open(fresh, 'alice')).toBeUndefined();
    expect(createVault([next]).open(fresh, 'alice')).toEqual(content);
  });

  it('takes only keys of full length', () => {
    expect(() => createVault([Buffer.alloc(16)])).toThrow('32 bytes');
  });
});
