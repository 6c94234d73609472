import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSemantic, type ReplyEvent } from '../../src/core/events.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Frame } from '../../src/core/frame.ts';
import type { Dialect, Observation } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { replies } from '../kit/arbitrary.ts';
import { decodeContext, decodeFrames, encodeEvents, isTerminal } from '../kit/dialect-kit.ts';
import { clientRecordings, sampleOfBorders } from '../kit/recordings.ts';

const all = Object.values(dialects);
const found = clientRecordings();

/** After how many frames a semantic event had passed, by both accounts. */
function semanticFrom(dialect: Dialect, frames: readonly Frame[]) {
  const observer = dialect.createObserver();
  const decoder = dialect.createReplyDecoder(decodeContext(dialect));
  const decoded = frames.findIndex((frame) => decoder.push(frame).some(isSemantic));
  const observed = frames.findIndex((frame) => {
    observer.push(frame);
    return observer.seen.semantic;
  });
  return { decoded, observed };
}

/** What was seen of a stream that ends here. Some dialects decide only when the body ends, so the end counts as read. */
function sightOf(seen: Observation) {
  const end = seen.terminal instanceof Failure ? seen.terminal.code : (seen.terminal ?? 'upstream-cut');
  const usage = end === 'done' || end === 'incomplete' ? seen.usage : undefined;
  return { id: seen.replyId, model: seen.model, end, usage };
}

/** The same, by decoding. */
function truthOf(events: readonly ReplyEvent[]) {
  const start = events.find((event) => event.type === 'reply-start');
  const terminal = events.find(isTerminal);
  const usage = terminal?.type === 'reply-done' ? terminal.usage : undefined;
  return { id: start?.id, model: start?.model, end: terminal && endOf(terminal), usage };
}

function endOf(event: ReplyEvent): string | undefined {
  if (event.type === 'reply-failed') return event.failure.code;
  if (event.type !== 'reply-done') return undefined;
  return event.stop === 'max-output-tokens' || event.stop === 'content-filter' ? 'incomplete' : 'done';
}

function observe(dialect: Dialect, frames: readonly Frame[]): Observation {
  const observer = dialect.createObserver();
  for (const frame of frames) observer.push(frame);
  return observer.seen;
}

describe('observing a stream tells what decoding it tells', () => {
  it.skipIf(found.length === 0)('holds for many recordings (skipped: no recordings)', () => {
    expect(found.length).toBeGreaterThan(50);
  });

  it.each(found)('$name: from when on it is semantic', (recording) => {
    const { decoded, observed } = semanticFrom(dialects[recording.dialect], recording.frames);
    expect(observed).toBe(decoded);
  });

  it.each(found)('$name: who answers, how it ends, what it used, wherever it is cut', ({ dialect, frames }) => {
    for (const length of sampleOfBorders(frames.length)) {
      const cut = frames.slice(0, length);
      const sight = sightOf(observe(dialects[dialect], cut));
      expect({ length, ...sight }).toEqual({ length, ...truthOf(decodeFrames(dialects[dialect], cut)) });
    }
  });

  it.each(all)('$name: any answer', (dialect) => {
    fc.assert(
      fc.property(replies, (events) => {
        const frames = encodeEvents(dialect, events);
        const { decoded, observed } = semanticFrom(dialect, frames);
        expect(observed).toBe(decoded);
        expect(sightOf(observe(dialect, frames))).toEqual(truthOf(decodeFrames(dialect, frames)));
      }),
      { numRuns: 200 },
    );
  });
});
