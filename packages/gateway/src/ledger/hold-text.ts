import { parseJson } from '../core/json.ts';
import type { Entry, Hold } from './counters.ts';
import type { PostedEntry, Posting } from './journal.ts';

/** Numbers of any size survive as `{"$":"123"}`. */
function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { $: value.toString() } : value;
}

/** A hold as text, for whoever must settle it if this process dies. */
export function writeHold(hold: Hold): string {
  return JSON.stringify(hold, withBigints);
}

/** A posted entry as text. */
export function writePosted(posted: PostedEntry): string {
  return JSON.stringify(posted, withBigints);
}

/** Reads what `writeHold` wrote. Throws on anything else. */
export function readHold(text: string): Hold {
  const value = revived(text);
  if (!isHold(value)) throw new TypeError('a stored hold cannot be read');
  return value;
}

/** Reads what `writePosted` wrote. Throws on anything else. */
export function readPosted(text: string): PostedEntry {
  const value = revived(text);
  if (!isPosted(value)) throw new TypeError('a stored entry cannot be read');
  return value;
}

function revived(text: string): unknown {
  return revive(parseJson(text));
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const [first] = fields;
  if (first?.[0] === '$' && fields.length === 1 && typeof first[1] === 'string') return BigInt(first[1]);
  return Object.fromEntries(fields.map(([name, field]) => [name, revive(field)]));
}

// Only this module writes these texts, so a look at their shape is enough.

function isHold(value: unknown): value is Hold {
  return (
    isRecord(value) && typeof value['id'] === 'string' && Array.isArray(value['claims']) && isEntry(value['ifLapsed'])
  );
}

function isPosted(value: unknown): value is PostedEntry {
  return isRecord(value) && isEntry(value['entry']) && isPostings(value['postings']);
}

function isEntry(value: unknown): value is Entry {
  return isRecord(value) && typeof value['id'] === 'string' && Array.isArray(value['tags']);
}

function isPostings(value: unknown): value is readonly Posting[] {
  return Array.isArray(value) && value.every((each) => isRecord(each) && typeof each['amount'] === 'bigint');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
