import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { Failure } from '../core/failure.ts';
import { inflateZstd } from './zstd.ts';
import { damaged, tooLarge } from './zstd-frames.ts';

export interface InflateLimits {
  /** The most bytes that may come out, at every step: a small body must not become a large one in memory. */
  readonly maxBytes: number;
}

type Decoder = (data: Buffer, maxBytes: number) => Promise<Buffer>;

/** Nobody compresses more than twice; each step costs up to `maxBytes` of memory and time. */
const maxSteps = 3;

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);
const inflateRawAsync = promisify(inflateRaw);
const brotliAsync = promisify(brotliDecompress);

const decodeGzip: Decoder = (data, maxOutputLength) => gunzipAsync(data, { maxOutputLength });

/** `deflate` means the zlib format, but some senders leave its two header bytes away. */
const decodeDeflate: Decoder = (data, maxOutputLength) => {
  const hasHeader = data.length >= 2 && (data.readUInt8(0) & 0x0f) === 8 && data.readUInt16BE(0) % 31 === 0;
  return hasHeader ? inflateAsync(data, { maxOutputLength }) : inflateRawAsync(data, { maxOutputLength });
};

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', decodeGzip],
  ['x-gzip', decodeGzip],
  ['deflate', decodeDeflate],
  ['br', (data, maxOutputLength) => brotliAsync(data, { maxOutputLength })],
  ['zstd', inflateZstd],
]);

/**
 * A request body as its sender had it before applying the encodings that its Content-Encoding header lists (in the order applied).
 * Throws `request-encoding-unsupported`, `request-too-large` when more than `maxBytes` come out, and `request-malformed` for damaged data. No body is no body, whatever the header says.
 */
export async function decodeContent(
  body: Buffer,
  encoding: string | undefined,
  limits: InflateLimits,
): Promise<Buffer> {
  const { maxBytes } = limits;
  if (body.length === 0) return body;
  const steps = decodersOf(encoding ?? '');
  let data = body;
  for (const step of steps) data = await run(step, data, maxBytes);
  if (data.length > maxBytes) throw tooLarge(maxBytes);
  return data;
}

/** The decoders in the order in which they undo the header's list: from its end. */
function decodersOf(header: string): readonly Decoder[] {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const applied = names.filter((name) => name !== '' && name !== 'identity');
  if (applied.length > maxSteps) throw unsupported(`more than ${maxSteps} encodings`);
  return applied.reverse().map((name) => {
    const decoder = decoders.get(name);
    if (!decoder) throw unsupported(`"${name.slice(0, 40)}"`);
    return decoder;
  });
}

async function run(decoder: Decoder, data: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await decoder(data, maxBytes);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (isOutputTooLarge(thrown)) throw tooLarge(maxBytes);
    throw damaged(thrown);
  }
}

function isOutputTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}

function unsupported(what: string): Failure {
  const known = [...decoders.keys()].filter((name) => name !== 'x-gzip').join(', ');
  return new Failure(
    'request-encoding-unsupported',
    `The request's Content-Encoding is not supported: ${what}. Supported are ${known} and identity.`,
  );
}
