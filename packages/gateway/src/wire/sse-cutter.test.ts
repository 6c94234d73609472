import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBytes } from '../../test/kit/cut-bytes.ts';
import type { Frame } from '../core/frame.ts';
import { createSseDecoder } from './sse-decoder.ts';
import { createFrameCutter } from './sse-cutter.ts';

interface TextFrame {
  readonly event: string | undefined;
  readonly data: string;
}

const textOf = ({ event, data }: Frame): TextFrame => ({ event, data: data.toString('utf8') });

function decode(...chunks: readonly (string | Buffer)[]): readonly TextFrame[] {
  const decoder = createSseDecoder();
  const frames = chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk)));
  return [...frames, ...decoder.end()].map(textOf);
}

/** The rules of the standard, written as simply as possible over a whole text. */
function decodeSimply(text: string): readonly TextFrame[] {
  const frames: TextFrame[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const cutShort = lines.pop() !== '';
  let event: string | undefined;
  let data: string[] = [];
  const dispatch = () => {
    if (data.length > 0) frames.push({ event, data: data.join('\n') });
    event = undefined;
    data = [];
  };
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (line === '') dispatch();
    else if (name === 'data') data.push(value);
    else if (name === 'event') event = value || undefined;
  }
  if (!cutShort) dispatch();
  return frames;
}

const words = fc.oneof(
  fc.constantFrom('', ' ', 'x', '{"a":1}', '🦃', 'naïve', '\uFEFF', ': ', '漢字', '[DONE]'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const lines = fc.oneof(
  { weight: 4, arbitrary: words.map((word) => `data: ${word}`) },
  words.map((word) => `data:${word}`),
  words.map((word) => `event: ${word}`),
  words.map((word) => `:${word}`),
  words.map((word) => `id: ${word}`),
  words,
  fc.constantFrom('data', 'event', 'retry: 10', 'dat', 'database: x', 'events: y', 'Data: z'),
  { weight: 4, arbitrary: fc.constant('') },
);
const lineEnds = fc.constantFrom('\n', '\n', '\r\n', '\r');
const streams = fc
  .tuple(fc.constantFrom('', '\uFEFF'), fc.array(fc.tuple(lines, lineEnds), { maxLength: 25 }), words)
  .map(([mark, body, tail]) => Buffer.from(mark + body.flat().join('') + tail, 'utf8'));

describe('the event-stream decoder', () => {
  it('reads what the rules of the standard give, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(cutBytes(streams), ({ whole, pieces }) => {
        expect(decode(...pieces)).toEqual(decodeSimply(whole.toString('utf8')));
      }),
      { numRuns: 1500 },
    );
  });

  it('reads LF, CR and CRLF line ends', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      expect(decode(`event: a${end}data: 1${end}data: 2${end}${end}data: 3${end}${end}`)).toEqual([
        { event: 'a', data: '1\n2' },
        { event: undefined, data: '3' },
      ]);
    }
  });

  it('takes a CRLF that two chunks share as one line end', () => {
    expect(decode('data: 1\r', '\ndata: 2\r', '\n\r', '\ndata: 3\r\n\r\n')).toEqual([
      { event: undefined, data: '1\n2' },
      { event: undefined, data: '3' },
    ]);
  });

  it('gives a frame with its blank line, not with the bytes after it', () => {
    const decoder = createSseDecoder();
    expect(decoder.push(Buffer.from('data: 1\n'))).toHaveLength(0);
    expect(decoder.push(Buffer.from('\n'))).toHaveLength(1);
    expect(decoder.push(Buffer.from('data: 2\r\n\r'))).toHaveLength(1);
  });

  it('removes one space after the colon, no more', () => {
    expect(decode('data:x\n\ndata: x\n\ndata:  x\n\n').map(({ data }) => data)).toEqual(['x', 'x', ' x']);
  });

  it('gives a frame for an empty data line and none for a block without data', () => {
    expect(decode('data:\n\nevent: ping\n\nid: 1\n\n: note\n\ndata\n\n')).toEqual([
      { event: undefined, data: '' },
      { event: undefined, data: '' },
    ]);
  });

  it('forgets the event name of a block without data', () => {
    expect(decode('event: a\n\ndata: 1\n\n')).toEqual([{ event: undefined, data: '1' }]);
  });

  it('gives the last frame when only its blank line is missing', () => {
    expect(decode('data: 1\n\ndata: [DONE]\n')).toHaveLength(2);
  });

  it('drops the last frame when its last line is cut short', () => {
    expect(decode('data: 1\n\ndata: 2\ndata: {"a"')).toHaveLength(1);
  });

  it('does not copy a one-line frame that lies within a chunk', () => {
    const chunk = Buffer.from('data: hello\n\n');
    const [frame] = createSseDecoder().push(chunk);
    expect(frame?.data.buffer).toBe(chunk.buffer);
    expect(frame?.data.byteOffset).toBe(chunk.byteOffset + 6);
  });

  it('refuses a frame longer than allowed, however it is cut', () => {
    const stream = Buffer.from(`data: ok\n\ndata: ${'x'.repeat(40)}\n\n`);
    const outcome = (pieces: readonly Buffer[], maxFrameBytes: number) => {
      const decoder = createSseDecoder({ maxFrameBytes });
      return () => pieces.flatMap((piece) => decoder.push(piece));
    };
    fc.assert(
      fc.property(cutBytes(fc.constant(stream)), ({ pieces }) => {
        expect(outcome(pieces, 47)).toThrow(expect.objectContaining({ code: 'upstream-garbled' }));
        expect(outcome(pieces, 48)()).toHaveLength(2);
      }),
    );
  });

  it('does not count comments between frames towards the length of a frame', () => {
    const decoder = createSseDecoder({ maxFrameBytes: 20 });
    for (let count = 0; count < 100; count += 1) decoder.push(Buffer.from(': keepalive\n'));
    expect(decoder.push(Buffer.from('data: 1\n\n'))).toHaveLength(1);
  });

  it('reads a large frame that comes in very many chunks', () => {
    const data = 'abcdefghij'.repeat(100_000);
    const bytes = Buffer.from(`data: ${data}\n\n`);
    const decoder = createSseDecoder();
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; at += 100) frames.push(...decoder.push(bytes.subarray(at, at + 100)));
    expect(frames.map((frame) => frame.data.length)).toEqual([data.length]);
  });
});

describe('the frame cutter', () => {
  it('forwards every byte in order and keeps back only what follows the last border', () => {
    fc.assert(
      fc.property(cutBytes(streams), ({ whole, pieces }) => {
        const cutter = createFrameCutter();
        const ready = pieces.flatMap((piece) => cutter.push(piece).ready);
        const { ready: last, rest } = cutter.end();
        expect(last).toEqual([]);
        expect(Buffer.concat([...ready, rest ?? Buffer.alloc(0)])).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('gives with each chunk exactly the frames of the bytes it forwards, so that a frame of ours may follow at any time', () => {
    fc.assert(
      fc.property(cutBytes(streams), fc.nat(), ({ pieces }, stop) => {
        const cutter = createFrameCutter();
        const cuts = pieces.slice(0, stop % (pieces.length + 1)).map((piece) => cutter.push(piece));
        const forwarded = Buffer.concat(cuts.flatMap((cut) => cut.ready)).toString('utf8');
        const seen = cuts.flatMap((cut) => cut.frames).map(textOf);
        const ours = { event: 'error', data: 'cut' };
        expect(decodeSimply(`${forwarded}event: error\ndata: cut\n\n`)).toEqual([...seen, ours]);
      }),
      { numRuns: 1000 },
    );
  });

  it('forwards bytes of the chunk itself where nothing was kept back', () => {
    const chunk = Buffer.from('data: 1\n\ndata: 2\n\ndata: 3');
    const { ready } = createFrameCutter().push(chunk);
    expect(ready.map((bytes) => bytes.toString())).toEqual(['data: 1\n\ndata: 2\n\n']);
    expect(ready[0]?.buffer).toBe(chunk.buffer);
  });

  it('forwards a comment at once, without waiting for a blank line', () => {
    expect(createFrameCutter().push(Buffer.from(': keepalive\n')).ready).toHaveLength(1);
  });

  it('leaves bytes it has handed out alone while it reads on', () => {
    const cutter = createFrameCutter();
    cutter.push(Buffer.from('data: first'));
    const { ready } = cutter.push(Buffer.from(' one\n\ndata: second'));
    cutter.push(Buffer.from(' two\n\ndata: third'));
    expect(ready.map((bytes) => bytes.toString())).toEqual(['data: first one\n\n']);
  });

  it('returns a rest that becomes a whole frame when a blank line is added', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const cutter = createFrameCutter();
      cutter.push(Buffer.from(`data: 1${end}`));
      const { frames, rest } = cutter.end();
      expect(frames.map(textOf)).toEqual([{ event: undefined, data: '1' }]);
      expect(decode(rest ?? '', '\n\n')).toEqual([{ event: undefined, data: '1' }]);
    }
  });

  it('returns half a frame as a rest without a frame', () => {
    const cutter = createFrameCutter();
    cutter.push(Buffer.from('data: 1\n\nevent: x\ndata: {"hal'));
    const { frames, rest } = cutter.end();
    expect(frames).toEqual([]);
    expect(rest?.toString()).toBe('event: x\ndata: {"hal');
  });

  it('has no rest after a stream that ends on a border', () => {
    const cutter = createFrameCutter();
    cutter.push(Buffer.from('data: 1\n\n'));
    expect(cutter.end().rest).toBeUndefined();
  });
});
