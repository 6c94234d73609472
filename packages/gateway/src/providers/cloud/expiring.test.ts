import { describe, expect, it } from 'vitest';
import { type Expiring, keepFresh } from './expiring.ts';

const minute = 60_000;

/** A source whose answers the test gives. */
function scriptedSource() {
  const waiting: { resolve(value: Expiring<string>): void; reject(error: Error): void }[] = [];
  let asked = 0;
  const fetch = () => {
    asked += 1;
    return new Promise<Expiring<string>>((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return { fetch, asked: () => asked, next: () => waiting.shift() };
}

describe('keepFresh', () => {
  it('asks once for all who wait, and then answers at once', async () => {
    const source = scriptedSource();
    const get = keepFresh(source.fetch);
    const both = [Promise.resolve(get(0)), Promise.resolve(get(0))];
    source.next()?.resolve({ value: 'a', expiresAtMs: 60 * minute });
    expect(await Promise.all(both)).toEqual(['a', 'a']);
    expect(get(54 * minute)).toBe('a');
    expect(source.asked()).toBe(1);
  });

  it('replaces a value before its end while the old one is still used', async () => {
    const source = scriptedSource();
    const get = keepFresh(source.fetch);
    const first = get(0);
    source.next()?.resolve({ value: 'a', expiresAtMs: 60 * minute });
    await first;
    expect(get(56 * minute)).toBe('a');
    expect(get(57 * minute)).toBe('a');
    expect(source.asked()).toBe(2);
    const late = get(59.9 * minute);
    source.next()?.resolve({ value: 'b', expiresAtMs: 120 * minute });
    expect(await late).toBe('b');
    expect(get(60 * minute)).toBe('b');
  });

  it('asks again after a failure, and lets no one use what has run out', async () => {
    const source = scriptedSource();
    const get = keepFresh(source.fetch);
    const failed = get(0);
    source.next()?.reject(new Error('no network'));
    await expect(failed).rejects.toThrow('no network');
    const again = get(0);
    source.next()?.resolve({ value: 'a', expiresAtMs: minute });
    expect(await again).toBe('a');
    const early = get(0.4 * minute);
    expect(early).toBe('a');
    source.next()?.reject(new Error('no network'));
    const last = get(0.9 * minute);
    source.next()?.reject(new Error('still no network'));
    await expect(last).rejects.toThrow('no network');
  });

  it('keeps for good what never runs out', async () => {
    const source = scriptedSource();
    const get = keepFresh(source.fetch);
    const first = get(0);
    source.next()?.resolve({ value: 'a' });
    await first;
    expect(get(Number.MAX_SAFE_INTEGER)).toBe('a');
    expect(source.asked()).toBe(1);
  });
});
