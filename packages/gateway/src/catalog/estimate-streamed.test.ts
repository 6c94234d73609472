import { describe, expect, it } from 'vitest';
import { noUsage } from '../core/usage.ts';
import { estimateStreamed } from './estimate-streamed.ts';
import { createFrameMeter } from './frame-meter.ts';

describe('estimateStreamed', () => {
  it('counts input by the size of the request and output by the text where nothing was told', () => {
    const usage = estimateStreamed({ bodyBytes: 4_000, frames: 10, textBytes: 300 });
    expect(usage).toEqual({ ...noUsage, inputTokens: 1_000, outputTokens: 100, estimated: true });
  });

  it('counts at least a token for each frame', () => {
    expect(estimateStreamed({ bodyBytes: 0, frames: 50, textBytes: 60 }).outputTokens).toBe(50);
  });

  it('believes the input that was told at the start, and what of it was cached', () => {
    const told = {
      ...noUsage,
      inputTokens: 90_000,
      cachedInputTokens: 80_000,
      outputTokens: 3,
      serviceTier: 'standard',
    };
    const usage = estimateStreamed({ bodyBytes: 4_000, told, frames: 20, textBytes: 900 });
    expect(usage).toEqual({ ...told, outputTokens: 300, estimated: true });
  });

  it('believes a count that runs along, thoughts and all', () => {
    const told = { ...noUsage, inputTokens: 50, outputTokens: 900, reasoningTokens: 800 };
    expect(estimateStreamed({ bodyBytes: 4_000, told, frames: 4, textBytes: 5_000 }).outputTokens).toBe(900);
  });
});

describe('a frame meter', () => {
  const frame = (text: string) =>
    JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });

  it('weighs the words in frames that nobody parsed', () => {
    const meter = createFrameMeter();
    const pieces = ['I', ' will look', ' at the file first', ', then change it', '.'];
    for (const piece of pieces) meter.add('content_block_delta', frame(piece).length);
    expect(meter.weight().frames).toBe(5);
    // The smallest frame has one letter, which is lost once a frame.
    expect(meter.weight().textBytes).toBe(pieces.join('').length - pieces.length);
  });

  it('keeps kinds of frames apart', () => {
    const meter = createFrameMeter();
    for (const size of [100, 110]) meter.add('text', size);
    for (const size of [300, 330]) meter.add('arguments', size);
    expect(meter.weight().textBytes).toBe(40);
  });

  it('allows a lone frame its usual envelope', () => {
    const meter = createFrameMeter();
    meter.add('text', 1_200);
    expect(meter.weight().textBytes).toBe(1_000);
  });
});
