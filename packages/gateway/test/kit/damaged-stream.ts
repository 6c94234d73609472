import { createHash } from 'node:crypto';
import type { Vendor } from './vendors/vendor.ts';
import type { Place } from './wire-faults.ts';

/** How many bytes of an answer's body stand before a place. What has no such frame is whole before it. */
export function placeIn(body: Buffer, place: Exclude<Place, 'before-head'>, vendor: Vendor): number {
  if (typeof place === 'object' && 'bytes' in place) return Math.min(place.bytes, body.length);
  const ends = frameEnds(body);
  // One whole JSON answer.
  if (ends.length === 0) return Math.floor(body.length / 2);
  const endOf = (count: number) => (count === 0 ? 0 : (ends[count - 1] ?? body.length));
  if (place === 'at-start') return endOf(vendor.openingFrames);
  if (place === 'midway') return endOf(Math.max(vendor.openingFrames + 1, Math.floor(ends.length / 2)));
  if ('frames' in place) return endOf(place.frames);
  let wanted = place.times ?? 1;
  for (const [index, end] of ends.entries()) {
    const frame = body.subarray(ends[index - 1] ?? 0, end);
    if (frame.includes(place.behind)) wanted -= 1;
    if (wanted === 0) return end;
  }
  return body.length;
}

/** Where the frames of a stream of server-sent events end. */
function frameEnds(body: Buffer): readonly number[] {
  const text = body.toString('latin1');
  return Array.from(text.matchAll(/\r?\n\r?\n/g), (match) => match.index + match[0].length);
}

/** Bytes that mean nothing in any format, the same ones for the same seed. A blank line ends whatever they stand in. */
export function garbage(seed: number): Buffer {
  const noise = createHash('sha512').update(`garbage/${seed}`).digest();
  return Buffer.concat([Buffer.from('data: {"'), noise.map((byte) => byte | 0x80), Buffer.from('\n\n')]);
}
