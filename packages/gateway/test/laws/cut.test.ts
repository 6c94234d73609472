import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { replies } from '../kit/arbitrary.ts';
import { decodeFrames, encodeEvents } from '../kit/dialect-kit.ts';
import { terminalFaults } from '../kit/reply-grammar.ts';
import { recordings, sampleOfBorders } from '../kit/recordings.ts';

const all = Object.values(dialects);
const found = recordings();

describe('a stream cut anywhere ends in exactly one terminal event', () => {
  it.skipIf(found.length === 0)('holds for many recordings (skipped: no recordings)', () => {
    expect(found.length).toBeGreaterThan(50);
  });

  it.each(found)('$name', ({ dialect, frames }) => {
    for (const length of sampleOfBorders(frames.length)) {
      const events = decodeFrames(providerDialects[dialect], frames.slice(0, length));
      const again = all.map((client) => decodeFrames(client, encodeEvents(client, events)));
      const faults = [events, ...again].flatMap(terminalFaults);
      expect({ length, faults }).toEqual({ length, faults: [] });
    }
  });

  it.each(all)('$name: any answer', (client) => {
    fc.assert(
      fc.property(replies, fc.nat(), (events, at) => {
        const frames = encodeEvents(client, events);
        expect(terminalFaults(decodeFrames(client, frames.slice(0, at % (frames.length + 1))))).toEqual([]);
      }),
    );
  });
});
