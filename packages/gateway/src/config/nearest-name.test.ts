import { assert, constantFrom, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hintForName, nearestName } from './nearest-name.ts';

const known = ['base_url', 'allow_private', 'keys', 'keyless', 'kind'];

describe('the nearest name', () => {
  it.each([
    ['baseUrl', 'base_url'],
    ['base-url', 'base_url'],
    ['kyes', 'keys'],
    ['key', 'keys'],
    ['allowprivat', 'allow_private'],
  ])('takes %s for %s', (written, meant) => {
    expect(nearestName(written, known)).toBe(meant);
  });

  it('does not guess at what resembles nothing', () => {
    expect(nearestName('organization', known)).toBeUndefined();
    expect(hintForName('organization', ['keys', '$schema', 'kind'])).toBe('known: keys, kind');
    expect(hintForName('organization', ['one', 'two', 'three'], 2)).toBe('known: one, two and 1 more');
    expect(hintForName('organization', [])).toBeUndefined();
  });

  it('finds every known name by itself, and with a letter dropped', () => {
    const anyName = constantFrom(...known);
    for (const name of known) expect(nearestName(name.toUpperCase(), known)).toBe(name);
    assert(
      property(anyName, nat(), (name, any) => {
        const position = any % name.length;
        expect(nearestName(name.slice(0, position) + name.slice(position + 1), known)).toBe(name);
      }),
    );
  });
});
