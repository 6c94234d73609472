import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../test/kit/deployments.ts';
import { createSessionMemory } from './session-memory.ts';

const hour = 60 * 60_000;

describe('the memory of sessions', () => {
  it('knows where each session has been served, the newest choice first', () => {
    const memory = createSessionMemory(virtualClock());
    expect([memory.knows('a'), memory.homes('a'), memory.isThere('a', 'x')]).toEqual([false, [], false]);
    memory.settle('a', 'x', 1);
    expect(memory.knows('a')).toBe(true);
    memory.settle('a', 'y', 2);
    memory.settle('b', 'z', 3);
    expect(memory.homes('a')).toEqual(['y', 'x']);
    expect([memory.isThere('a', 'x'), memory.isThere('a', 'z')]).toEqual([true, false]);
    memory.settle('a', 'x', 3);
    expect(memory.homes('a')).toEqual(['x', 'y']);
  });

  it('goes by when a choice was made, not by when its answer came', () => {
    const memory = createSessionMemory(virtualClock());
    memory.settle('a', 'new', 20);
    memory.settle('a', 'slow', 10);
    expect(memory.homes('a')).toEqual(['new', 'slow']);
    memory.settle('a', 'new', 5);
    expect(memory.homes('a')).toEqual(['new', 'slow']);
    // The same request went on there: it is the later one of its choices.
    memory.settle('a', 'next', 20);
    expect(memory.homes('a')[0]).toBe('next');
  });

  it('keeps the newest places of a session that goes to many', () => {
    const memory = createSessionMemory(virtualClock());
    for (let at = 0; at < 20; at += 1) memory.settle('a', `place-${at}`, at);
    expect(memory.homes('a')).toHaveLength(8);
    expect(memory.homes('a')[0]).toBe('place-19');
  });

  it('forgets who was silent for an hour, and of too many those that were silent the longest', () => {
    const clock = virtualClock();
    const memory = createSessionMemory(clock);
    memory.settle('a', 'x', 0);
    clock.pass(hour - 1);
    expect(memory.isThere('a', 'x')).toBe(true);
    clock.pass(1);
    expect(memory.isThere('a', 'x')).toBe(false);
    memory.settle('first', 'x', clock.now());
    for (let at = 0; at < 50_000; at += 1) memory.settle(`session-${at}`, 'x', clock.now());
    expect([memory.isThere('first', 'x'), memory.isThere('session-1', 'x')]).toEqual([false, true]);
  });

  it('knows how long a request was that was too long, for the newest places', () => {
    const memory = createSessionMemory(virtualClock());
    memory.outgrow('a', 'x', 900);
    memory.outgrow('a', 'x', 700);
    expect([memory.tooLongAt('a', 'x'), memory.tooLongAt('a', 'y'), memory.tooLongAt('b', 'x')]).toEqual([
      700,
      undefined,
      undefined,
    ]);
    for (let at = 0; at < 8; at += 1) memory.outgrow('a', `place-${at}`, 1);
    expect(memory.tooLongAt('a', 'x')).toBeUndefined();
  });

  it('knows where an answer broke off, for as long as it was told', () => {
    const clock = virtualClock();
    const memory = createSessionMemory(clock);
    const [first, second] = [
      { fromMs: 0, untilMs: 1_000 },
      { fromMs: 0, untilMs: 2_000 },
    ];
    memory.avoid('a', 'x', first);
    memory.avoid('a', 'y', second);
    expect([memory.avoided('a', 'x'), memory.avoided('a', 'y')]).toEqual([first, second]);
    expect([memory.avoided('b', 'x'), memory.avoided('a', 'z')]).toEqual([undefined, undefined]);
    clock.setTo(1_500);
    memory.avoid('a', 'z', { fromMs: 1_500, untilMs: 9_000 });
    expect(memory.avoided('a', 'x')).toBeUndefined();
  });
});
