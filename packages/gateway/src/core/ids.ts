import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Random bytes are fetched in lots: asking for a few at a time costs more than the bytes. */
const lotBytes = 4096;
const randomPart = 10;

/** Ids that sort by the time they were made: a prefix, 12 hex digits of milliseconds, 20 of randomness. */
export function createIds(clock: Clock): (prefix: string) => string {
  let lot = randomBytes(lotBytes);
  let used = 0;
  return (prefix) => {
    if (used + randomPart > lotBytes) {
      lot = randomBytes(lotBytes);
      used = 0;
    }
    const random = lot.toString('hex', used, used + randomPart);
    used += randomPart;
    return prefix + clock.now().toString(16).padStart(12, '0') + random;
  };
}
