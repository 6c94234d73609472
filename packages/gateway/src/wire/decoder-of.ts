import { createAwsEventStreamDecoder } from './aws-event-stream.ts';
import type { FrameDecoder } from './frame-decoder.ts';
import { createSseDecoder } from './sse-decoder.ts';

/** Answers that say themselves that they are whole: JSON, or a page for people. */
const whole = /^(?:application\/(?:[a-z0-9.+-]+\+)?json|text\/html)\b/i;

/**
 * What cuts the frames of a stream out of its bytes; undefined for what is no stream. Servers and proxies that call a stream
 * something else (`text/plain`, nothing at all) are taken to have sent what they were asked for.
 */
export function decoderOf(
  contentType: string | readonly string[] | undefined,
  asksForStream: boolean,
): (() => FrameDecoder) | undefined {
  const type = String(contentType ?? '');
  if (/^text\/event-stream\b/i.test(type)) return createSseDecoder;
  if (/^application\/vnd\.amazon\.eventstream\b/i.test(type)) return createAwsEventStreamDecoder;
  return asksForStream && !whole.test(type) ? createSseDecoder : undefined;
}
