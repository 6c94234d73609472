import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyHasher, sha256Of } from './key-hash.ts';

const key = (byte: number) => Buffer.alloc(32, byte);

it('the SHA-256 of a value is the one that LiteLLM keeps', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      expect(sha256Of(value)).toBe(createHash('sha256').update(value, 'utf8').digest('hex'));
    }),
  );
});

it('a digest is another one for every value and every installation, and shows neither', () => {
  const [here] = createKeyHasher([key(1)]).digestsOf(sha256Of('sk-1'));
  const [other] = createKeyHasher([key(1)]).digestsOf(sha256Of('sk-2'));
  const [elsewhere] = createKeyHasher([key(2)]).digestsOf(sha256Of('sk-1'));
  expect(new Set([here, other, elsewhere]).size).toBe(3);
  expect(here).toMatch(/^[\w-]{43}$/);
  expect(Buffer.from(here, 'base64url').toString('hex')).not.toBe(sha256Of('sk-1'));
});

it('with a key that was replaced, the digest of today comes first', () => {
  const sha256 = sha256Of('sk-1');
  const [today, before] = createKeyHasher([key(2), key(1)]).digestsOf(sha256);
  expect([today, before]).toEqual([
    createKeyHasher([key(2)]).digestsOf(sha256)[0],
    createKeyHasher([key(1)]).digestsOf(sha256)[0],
  ]);
});
