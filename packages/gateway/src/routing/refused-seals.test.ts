import { expect, it } from 'vitest';
import { createRefusedSeals, digestOf } from './refused-seals.ts';

it('knows of a session what each deployment has refused', () => {
  const refused = createRefusedSeals();
  refused.add('s', 'a', ['one']);
  refused.add('s', 'a', ['two']);
  refused.add('s', 'b', ['three']);
  expect(refused.find('s', 'a')).toEqual(new Set(['one', 'two']));
  expect(refused.find('s', 'b')).toEqual(new Set(['three']));
  expect(refused.find('t', 'a')).toBeUndefined();
});

it('forgets those who asked the longest ago', () => {
  const refused = createRefusedSeals(4);
  refused.add('s', 'a', ['one', 'two']);
  refused.add('t', 'a', ['one', 'two']);
  refused.find('s', 'a');
  refused.add('u', 'a', ['one']);
  expect(refused.find('t', 'a')).toBeUndefined();
  expect(refused.find('s', 'a')?.size).toBe(2);
  expect(refused.find('u', 'a')?.size).toBe(1);
});

it('keeps no more of one session either', () => {
  const refused = createRefusedSeals(2);
  refused.add('s', 'a', ['one', 'two', 'three']);
  expect(refused.find('s', 'a')).toBeUndefined();
});

it('tells seals apart by what is sealed', () => {
  const seal = (data: string | { signature: string }) => ({ issuer: 'openai', data });
  expect(digestOf(seal('x'))).toBe(digestOf({ issuer: 'another', data: 'x' }));
  expect(digestOf(seal('x'))).not.toBe(digestOf(seal('y')));
  expect(digestOf(seal({ signature: 'x' }))).not.toBe(digestOf(seal({ signature: 'y' })));
});
