/** Zstandard written by hand: not every Node that this runs on can compress it. See RFC 8878, section 3.1.1. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const raw = 0;
const runLength = 1;
const maxBlockBytes = 128 * 1024;

/** One frame that holds its content as it is. */
export function rawZstd(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([frameHead(bytes.length), block(raw, bytes.length, bytes, true)]);
}

/** A few bytes that become very many zeros. The head does not tell how many. */
export function zstdBomb(bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / maxBlockBytes) }, (_, at) =>
    block(runLength, maxBlockBytes, Buffer.from([0]), (at + 1) * maxBlockBytes >= bytes),
  );
  const window128KiB = 0x38;
  return Buffer.concat([magic, Buffer.from([0, window128KiB]), ...blocks]);
}

/** A single segment whose size takes four bytes. */
function frameHead(size: number): Buffer {
  const head = Buffer.alloc(5, 0xa0);
  head.writeUInt32LE(size, 1);
  return Buffer.concat([magic, head]);
}

function block(type: number, size: number, content: Buffer, last: boolean): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((last ? 1 : 0) | (type << 1) | (size << 3), 0, 3);
  return Buffer.concat([head, content]);
}
