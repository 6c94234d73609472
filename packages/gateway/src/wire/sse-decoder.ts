import type { FrameDecoder, FrameLimits } from './frame-decoder.ts';
import { createFrameCutter } from './sse-cutter.ts';

/** Frames of an event stream (Server-Sent Events). The rules, and what happens at the end of the stream, are those of `createFrameCutter`. */
export function createSseDecoder(limits: FrameLimits = {}): FrameDecoder {
  const cutter = createFrameCutter(limits);
  return {
    push: (chunk) => cutter.push(chunk).frames,
    end: () => cutter.end().frames,
  };
}
