const quote = 0x22;
const colon = 0x3a;
const space = 0x20;

/**
 * Where a word stands between quotes in a JSON text: the offsets of its opening quotes. Inside a string its quotes would be escaped, so it
 * is a key or a whole value.
 */
export function* findWord(text: Buffer, word: string): Generator<number> {
  // A search stops at each byte that is like its first: so it begins with the rarest of the word.
  const lead = Math.max(0, word.search(/[_A-Z]/));
  const needle = Buffer.from(`${word.slice(lead)}"`);
  const before = Buffer.from(`"${word.slice(0, lead)}`);
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    const start = at - before.length;
    if (start >= 0 && text.compare(before, 0, before.length, start, at) === 0) yield start;
  }
}

/** Where the value of the key begins whose opening quote is at `start`; undefined where that is no key. */
export function valueAfter(text: Buffer, start: number, key: string): number | undefined {
  const at = skipSpace(text, start + key.length + 2, 1);
  return text[at] === colon ? skipSpace(text, at + 1, 1) : undefined;
}

/** Whether what begins at `start` is the value of this key. */
export function isValueOf(text: Buffer, start: number, key: string): boolean {
  const at = skipSpace(text, start - 1, -1);
  if (text[at] !== colon) return false;
  const end = skipSpace(text, at - 1, -1);
  return text[end] === quote && text.toString('latin1', end - key.length - 1, end) === `"${key}`;
}

function skipSpace(text: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  while ((text[at] ?? quote) <= space) at += step;
  return at;
}
