import { expect, it } from 'vitest';
import { hintOf, newKeyValue } from './key-value.ts';

it('a new key can be told from others, by tools and by people', () => {
  const values = Array.from({ length: 100 }, newKeyValue);
  expect(new Set(values).size).toBe(100);
  for (const value of values) expect(value).toMatch(/^sk-tp-[0-9A-Za-z]{40}$/);
});

it('a hint shows the end of a long value and nothing of a short one', () => {
  expect([hintOf(`sk-tp-${'a'.repeat(36)}wxyz`), hintOf('vk-0123456789')]).toEqual(['…wxyz', '…']);
});
