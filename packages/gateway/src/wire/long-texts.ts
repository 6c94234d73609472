import { isValueOf } from './find-words.ts';
import type { Peek } from './peek.ts';
import { isEscaped } from './quote-finder.ts';

/**
 * A JSON text whose long strings were set aside. They are on their way from one JSON to another, so nobody needs to read and write them again:
 * each has a short stand-in among the values, and its bytes go where that is written.
 */
export interface LongTexts {
  /** The JSON with stand-ins. */
  readonly outline: string;
  /** What was written from the outline's values, with the long strings in their places again. */
  restore(json: string): Buffer;
}

/**
 * Sets long strings aside that are the values of these keys. `mark` must be something that the text's author could not know: who did might
 * have a text put into places of his choice. What JSON forbids inside strings is not noticed in what was set aside; whoever reads it will.
 */
export function setTextsAside(peek: Peek, keys: readonly string[], mark: string): LongTexts {
  const { body, longStrings } = peek;
  const texts: Buffer[] = [];
  let outline = '';
  let copied = 0;
  for (let at = 0; at < longStrings.length; at += 2) {
    const [start = 0, end = 0] = [longStrings[at], longStrings[at + 1]];
    if (!keys.some((key) => isValueOf(body, start, key))) continue;
    const wordsEnd = endOfWords(body, end - 1);
    if (wordsEnd <= start + 1) continue;
    outline += `${body.toString('utf8', copied, start)}"\\"${mark}:${texts.length}\\"`;
    texts.push(body.subarray(start + 1, wordsEnd));
    copied = wordsEnd;
  }
  outline += body.toString('utf8', copied);
  return { outline, restore: (json) => restored(json, texts, mark) };
}

const space = 0x20;
/** As in `\n`, `\r` and `\t`. */
const whiteEscapes: ReadonlySet<number | undefined> = new Set(Buffer.from('nrt'));

/** Where a string ends but for white space. That stays in the outline, for those who trim. */
function endOfWords(text: Buffer, end: number): number {
  let at = end;
  for (;;) {
    if (text[at - 1] === space) at -= 1;
    else if (whiteEscapes.has(text[at - 1]) && isEscaped(text, at - 1)) at -= 2;
    else return at;
  }
}

function restored(json: string, texts: readonly Buffer[], mark: string): Buffer {
  const [first = '', ...parts] = json.split(`"${mark}:`);
  const pieces: Buffer[] = [];
  let before = first;
  for (const part of parts) {
    const slashes = backslashesAtEnd(before);
    const quote = part.indexOf('"');
    const text = texts[Number.parseInt(part, 10)];
    if (!text) throw new TypeError('a stand-in stands for nothing');
    pieces.push(Buffer.from(before.slice(0, before.length - slashes)), escaped(text, slashes));
    before = part.slice(quote + 1);
  }
  return Buffer.concat([...pieces, Buffer.from(before)]);
}

/** A stand-in begins with a quote: the backslashes before it tell how many JSONs lie inside one another there. */
function escaped(text: Buffer, slashes: number): Buffer {
  if (slashes === 1) return text;
  return escaped(Buffer.from(JSON.stringify(text.toString('utf8')).slice(1, -1)), (slashes - 1) / 2);
}

function backslashesAtEnd(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === '\\') count += 1;
  return count;
}
