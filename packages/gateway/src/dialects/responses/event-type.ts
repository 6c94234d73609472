import type { Frame } from '../../core/frame.ts';
import { isTerminalType } from './terminal.ts';

const marker = Buffer.from('"type":"');
const spacedMarker = Buffer.from('"type": "');
/** Vendors write `type` first or right after `sequence_number`; nested types come later. */
const headBytes = 200;

/** The type of a stream event without parsing it: the event name, else the first `type` in the payload's first bytes. */
export function typeInBytes(frame: Frame): string | undefined {
  if (frame.event !== undefined && frame.event !== '' && frame.event !== 'message') return frame.event;
  const head = frame.data.subarray(0, headBytes);
  const tight = head.indexOf(marker);
  const at = tight === -1 ? head.indexOf(spacedMarker) : tight;
  if (at === -1) return undefined;
  const from = at + (tight === -1 ? spacedMarker.length : marker.length);
  const to = frame.data.indexOf(0x22, from);
  return to === -1 ? undefined : frame.data.toString('latin1', from, to);
}

/** Deltas that the decoder turns into an event by themselves, opening an item if none was announced. */
export const semanticDeltas: ReadonlySet<string> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
]);

/** Whether an event of this type tells anything that no later event repeats. */
export function isTold(type: string): boolean {
  return isTerminalType(type) || semanticDeltas.has(type) || type.startsWith('response.output_item.');
}

/** Whether this is a type of an event and not one of something inside it. */
export function isKnownType(type: string): boolean {
  return type.startsWith('response.') || type === 'error' || type === 'keepalive';
}

/** `[DONE]`, which some vendors send although it belongs to Chat, or nothing at all. */
export function isEndMark(data: Buffer): boolean {
  return data.length < 16 && ['', '[DONE]'].includes(data.toString('utf8').trim());
}
