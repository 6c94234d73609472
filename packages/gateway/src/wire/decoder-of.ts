import { createAwsEventStreamDecoder } from './aws-event-stream.ts';
import type { FrameDecoder } from './frame-decoder.ts';
import { createSseDecoder } from './sse-decoder.ts';

/** What cuts the frames of a stream out of its bytes, by the stream's content type; undefined for what is no stream. */
export function decoderOf(contentType: string): (() => FrameDecoder) | undefined {
  if (/^text\/event-stream\b/i.test(contentType)) return createSseDecoder;
  return /^application\/vnd\.amazon\.eventstream\b/i.test(contentType) ? createAwsEventStreamDecoder : undefined;
}
