import type { FieldSpan, Peek } from './peek.ts';

/** Changes to the top-level fields of a JSON object. */
export interface ObjectEdits {
  /** New values as JSON text, by key. A key that is not there is added at the end. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Keys to take out; those that are not there are ignored. A key that is also in `replace` stays, with its new value. */
  readonly remove?: readonly string[];
  /** Bytes inside a value that is not replaced to take out. */
  readonly cut?: { readonly start: number; readonly end: number };
}

/** A part of the body that gives way to other bytes. */
interface Patch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Pieces up to this size are joined with their neighbours: a write costs more than the copy. */
const smallBytes = 8 * 1024;

/**
 * The body with its top-level fields changed, as pieces in order. Every byte outside the changed fields (and the commas of removed ones)
 * stays as it is, and where it is long it is not even copied.
 */
export function spliceObject(peek: Peek, edits: ObjectEdits): readonly Buffer[] {
  const replace = new Map(Object.entries(edits.replace ?? {}));
  const removed = new Set(edits.remove?.filter((key) => !replace.has(key)));
  const pieces: Buffer[] = [];
  let copied = 0;
  const found = [...patches(peek, replace, removed), ...(edits.cut ? [{ ...edits.cut, text: '' }] : [])];
  for (const { start, end, text } of found.toSorted((one, other) => one.start - other.start)) {
    pieces.push(peek.body.subarray(copied, start), Buffer.from(text, 'utf8'));
    copied = end;
  }
  if (pieces.length === 0) return [peek.body];
  return joinSmall([...pieces, peek.body.subarray(copied)]);
}

function joinSmall(pieces: readonly Buffer[]): readonly Buffer[] {
  const joined: Buffer[] = [];
  let small: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.length <= smallBytes) {
      small.push(piece);
      continue;
    }
    if (small.length > 0) joined.push(Buffer.concat(small));
    joined.push(piece);
    small = [];
  }
  if (small.length > 0) joined.push(Buffer.concat(small));
  return joined;
}

/** The changes in the order of the body, never overlapping. */
function patches(peek: Peek, replace: ReadonlyMap<string, string>, removed: ReadonlySet<string>): readonly Patch[] {
  const found: Patch[] = [];
  const spans = [...peek.fields];
  let kept = 0;
  spans.forEach(([key, span], index) => {
    if (removed.has(key)) {
      found.push({ ...cutOut(span, spans[index - 1]?.[1], spans[index + 1]?.[1], kept > 0), text: '' });
      return;
    }
    kept += 1;
    const text = replace.get(key);
    if (text !== undefined) found.push({ start: span.valueStart, end: span.valueEnd, text });
  });
  const added = [...replace]
    .filter(([key]) => !peek.fields.has(key))
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  if (added.length > 0) {
    found.push({ start: peek.closeAt, end: peek.closeAt, text: (kept > 0 ? ',' : '') + added.join(',') });
  }
  return found;
}

/** A removed field takes the comma before it along; where no field is kept before it, the one after it. */
function cutOut(span: FieldSpan, previous: FieldSpan | undefined, next: FieldSpan | undefined, keptBefore: boolean) {
  if (keptBefore && previous) return { start: previous.valueEnd, end: span.valueEnd };
  return { start: span.keyStart, end: next ? next.keyStart : span.valueEnd };
}
