/** Bytes before a space that stands between the parts of a JSON text and not inside one of its strings. */
const structure: ReadonlySet<number | undefined> = new Set(Buffer.from(',:[]{}" \t\r\n', 'latin1'));
const space = 0x20;

/**
 * How many words end at a space within a JSON text's strings, counted in its bytes, so that a body of 158 KB takes a tenth of a millisecond.
 * Words without spaces between them, as in base64 and much of the world's writing, count as one. Counting ends at `enough`.
 */
export function countWords(
  text: Buffer,
  { from = 0, to = text.length, enough = Number.POSITIVE_INFINITY } = {},
): number {
  let words = 0;
  for (let at = from + 1; at < to; at += 1) {
    if (text[at] !== space || structure.has(text[at - 1])) continue;
    words += 1;
    if (words >= enough) break;
  }
  return words;
}
