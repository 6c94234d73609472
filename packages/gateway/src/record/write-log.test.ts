import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from './write-log.ts';

const clock = { now: () => Date.UTC(2027, 0, 1, 12, 34, 56), monotonicMs: () => 0 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function logTo(writes: string[], settings: Partial<Parameters<typeof createLog>[0]> = {}) {
  return createLog({ format: 'pretty', level: 'info', clock, write: (text) => void writes.push(text), ...settings });
}

describe('the log', () => {
  it('writes a line for people', () => {
    const writes: string[] = [];
    logTo(writes).info('listening', { port: 1, path: 'a b', nothing: undefined });
    expect(writes).toEqual(['12:34:56 listening port=1 path="a b"\n']);
  });

  it('writes an object a line for machines', () => {
    const writes: string[] = [];
    logTo(writes, { format: 'json' }).warn('odd', { why: 'line\nbreak' });
    expect(writes).toEqual([
      '{"time":"2027-01-01T12:34:56.000Z","level":"warn","message":"odd","why":"line\\nbreak"}\n',
    ]);
  });

  it.each([
    ['debug', ['info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('writes from the level %s up', (level, expected) => {
    const writes: string[] = [];
    const log = logTo(writes, { level });
    log.info('info');
    log.warn('warn');
    log.error('error');
    expect(writes.join('').match(/\w+(?=\n)/g)).toEqual(expected);
  });

  it('gathers lines that come in a row, and lets none wait long', () => {
    const writes: string[] = [];
    const log = logTo(writes);
    log.info('one');
    expect(writes).toHaveLength(1);
    log.info('two');
    log.info('three');
    expect(writes).toHaveLength(1);
    vi.advanceTimersByTime(20);
    expect(writes).toEqual(['12:34:56 one\n', '12:34:56 two\n12:34:56 three\n']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets no warning wait, nor overtake what came before it', () => {
    const writes: string[] = [];
    const log = logTo(writes);
    log.info('one');
    log.info('two');
    log.error('three');
    expect(writes.join('')).toBe('12:34:56 one\n12:34:56 two\n12:34:56 error three\n');
  });

  it('lets no control character into a terminal', () => {
    const writes: string[] = [];
    logTo(writes).info('a\u001b[31mred\u0007', { model: 'x\u009b1m' });
    expect(writes.join('')).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
