import type { OutFrame } from '../core/frame.ts';

const lineEnds = /\r\n|\r|\n/;

/**
 * A frame as event-stream text, with the closing blank line. Text with line breaks becomes several lines; readers get each break as `\n`.
 * Line breaks in an event name become spaces: names can come from a provider, and a break would let it write fields of its own.
 */
export function encodeSseFrame(frame: OutFrame): string {
  if ('comment' in frame) return `${prefixed(': ', frame.comment)}\n`;
  const event = frame.event ? `event: ${inOneLine(frame.event)}\n` : '';
  return `${event}${prefixed('data: ', frame.data)}\n`;
}

function inOneLine(text: string): string {
  return hasLineEnd(text) ? text.split(lineEnds).join(' ') : text;
}

function hasLineEnd(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}

function prefixed(prefix: string, text: string): string {
  if (!hasLineEnd(text)) return `${prefix}${text}\n`;
  return text
    .split(lineEnds)
    .map((line) => `${prefix}${line}\n`)
    .join('');
}
