import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import type { Dialect, ProviderDialect } from '../../src/dialects/dialect.ts';
import { createExpressTransform } from '../../src/pipeline/express-transform.ts';
import type { Transform } from '../../src/pipeline/stream-pump.ts';
import { createTranslateTransform } from '../../src/pipeline/translate-transform.ts';
import { createAwsEventStreamDecoder } from '../../src/wire/aws-event-stream.ts';
import { peekObject } from '../../src/wire/peek.ts';
import { spliceObject } from '../../src/wire/splice.ts';
import { createSseDecoder } from '../../src/wire/sse-decoder.ts';
import { encodeSseFrame } from '../../src/wire/sse-encoder.ts';
import { awsStreamBytes } from '../kit/aws-stream.ts';
import { cutAt } from '../kit/cut-bytes.ts';
import { decodeContext, decodeFrames, encodeContext, isTerminal } from '../kit/dialect-kit.ts';
import { captures, clientRecordings, type Recording, recordings } from '../kit/recordings.ts';

const found = recordings();
const requests = captures();

/** A recording as it came over the wire. */
function bytesOf({ dialect, frames }: Recording): Buffer {
  if (dialect === 'converse') return awsStreamBytes(frames);
  const text = frames.map(({ event, data }) =>
    encodeSseFrame({ ...(event === undefined ? {} : { event }), data: data.toString('utf8') }),
  );
  return Buffer.from(text.join(''));
}

function through(transform: Transform, pieces: readonly Buffer[]): Buffer {
  const out = pieces.map((piece) => Buffer.from(transform.push(piece)));
  return Buffer.concat([...out, Buffer.from(transform.end())]);
}

function translator(provider: ProviderDialect, client: Dialect): Transform {
  const decoder = provider.createReplyDecoder(decodeContext(provider));
  const frames = provider.name === 'converse' ? createAwsEventStreamDecoder() : createSseDecoder();
  return createTranslateTransform({ decoder, encoder: client.createReplyEncoder(encodeContext()), frames });
}

function terminalsIn(client: Dialect, stream: Buffer): number {
  const sse = createSseDecoder();
  const frames = [...sse.push(stream), ...sse.end()].map((frame) => ({ ...frame, data: Buffer.from(frame.data) }));
  return decodeFrames(client, frames).filter(isTerminal).length;
}

/** A few ways to cut bytes, among them very small pieces at both ends. */
function cutsOf(bytes: Buffer): fc.Arbitrary<readonly Buffer[]> {
  return fc.array(fc.nat({ max: bytes.length }), { minLength: 1, maxLength: 40 }).map((at) => cutAt(bytes, at));
}

describe('wherever the network cuts a true answer', () => {
  it.skipIf(found.length === 0)('there are answers to be cut (skipped: no recordings)', () => {
    expect(found.length).toBeGreaterThan(50);
  });

  describe.skipIf(found.length === 0).each(Object.values(dialects))('a $name client', (client) => {
    it.each(found)('gets the same bytes of $name, with one end', (recording) => {
      const provider = providerDialects[recording.dialect];
      const bytes = bytesOf(recording);
      const whole = through(translator(provider, client), [bytes]);
      expect(terminalsIn(client, whole)).toBe(1);
      const samePieces = fc.property(cutsOf(bytes), (pieces) => {
        expect(through(translator(provider, client), pieces).equals(whole)).toBe(true);
      });
      fc.assert(samePieces, { numRuns: 3 });
    });
  });

  it.each(clientRecordings())('$name passes the express lane untouched', (recording) => {
    const bytes = bytesOf(recording);
    const lane = () =>
      createExpressTransform({
        observer: dialects[recording.dialect].createObserver(),
        closing: () => '<failed>',
        dropsUsageFrame: false,
      });
    const whole = through(lane(), [bytes]);
    const passed = whole.toString('utf8').replace(/<failed>$/, '');
    expect(bytes.toString('utf8').startsWith(passed)).toBe(true);
    const samePieces = fc.property(cutsOf(bytes), (pieces) => {
      expect(through(lane(), pieces).equals(whole)).toBe(true);
    });
    fc.assert(samePieces, { numRuns: 5 });
  });
});

describe('a captured request that is spliced', () => {
  it.skipIf(requests.length === 0)('is there (skipped: no captures)', () => {
    expect(requests.length).toBeGreaterThan(30);
  });

  it.each(requests)('$name changes in its model and in no other byte', ({ body }) => {
    const text = JSON.stringify(body);
    const bytes = Buffer.from(text);
    const span = peekObject(bytes).fields.get('model');
    expect(span).toBeDefined();
    if (!span) return;
    const spliced = Buffer.concat(spliceObject(peekObject(bytes), { replace: { model: '"other-model"' } }));
    const expected = [bytes.subarray(0, span.valueStart), Buffer.from('"other-model"'), bytes.subarray(span.valueEnd)];
    expect(spliced.equals(Buffer.concat(expected))).toBe(true);
    expect(JSON.parse(spliced.toString('utf8'))).toEqual({ ...body, model: 'other-model' });
  });
});
