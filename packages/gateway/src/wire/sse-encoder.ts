import type { OutFrame } from '../core/frame.ts';

const lineEnds = /\r\n|\r|\n/;

/**
 * A frame as event-stream text, with the closing blank line. Text with line breaks becomes several lines; readers get each break as `\n`.
 * Line breaks in an event name become spaces: names can come from a provider, and a break would let it write fields of its own.
 */
export function encodeSseFrame(frame: OutFrame): string {
  if ('comment' in frame) return `${prefixed(': ', frame.comment)}\n`;
  const event = frame.event ? `event: ${frame.event.split(lineEnds).join(' ')}\n` : '';
  return `${event}${prefixed('data: ', frame.data)}\n`;
}

function prefixed(prefix: string, text: string): string {
  if (!text.includes('\n') && !text.includes('\r')) return `${prefix}${text}\n`;
  return text
    .split(lineEnds)
    .map((line) => `${prefix}${line}\n`)
    .join('');
}
