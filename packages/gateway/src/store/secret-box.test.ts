import { expect, it } from 'vitest';
import { Secret } from '../core/secret.ts';
import { createVault } from '../vault/vault.ts';
import { createSecretBox } from './secret-box.ts';

const old = Buffer.alloc(32, 1);
const current = Buffer.alloc(32, 2);
const secret = new Secret('sk-ant-\u{1F511}');

it('opens what it sealed, for its owner alone', () => {
  const box = createSecretBox([current]);
  const sealed = box.seal(secret, 'providers/one');
  expect(sealed).not.toContain('sk-ant');
  expect(box.seal(secret, 'providers/one')).not.toBe(sealed);
  expect(box.open(sealed, 'providers/one')?.reveal()).toBe(secret.reveal());
  expect(box.open(sealed, 'providers/two')).toBeUndefined();
  const changed = sealed.slice(0, 30) + (sealed[30] === 'A' ? 'B' : 'A') + sealed.slice(31);
  expect(box.open(changed, 'providers/one')).toBeUndefined();
  expect(box.open('', 'providers/one')).toBeUndefined();
});

it('opens what an older key sealed, and seals with the first', () => {
  const sealed = createSecretBox([old]).seal(secret, 'o');
  const both = createSecretBox([current, old]);
  expect(both.open(sealed, 'o')?.reveal()).toBe(secret.reveal());
  expect(createSecretBox([current]).open(sealed, 'o')).toBeUndefined();
  expect(createSecretBox([current]).open(both.seal(secret, 'o'), 'o')?.reveal()).toBe(secret.reveal());
});

it('does not open what was sealed for another purpose with the same key', () => {
  const sealed = createVault([current]).seal(Buffer.from('x'), 'o');
  expect(createSecretBox([current]).open(sealed, 'o')).toBeUndefined();
});
