const finalText = 0x81;
const length16 = 126;
const length64 = 127;

/** Text messages as a server sends them on a WebSocket (RFC 6455, section 5.2), uncompressed, in one piece of bytes. */
export function encodeTextFrames(messages: readonly (Buffer | string)[]): Buffer {
  const sizes = messages.map((message) => (typeof message === 'string' ? Buffer.byteLength(message) : message.length));
  const total = sizes.reduce((sum, size) => sum + headLength(size) + size, 0);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  messages.forEach((message, index) => {
    const size = sizes[index] ?? 0;
    at = writeHead(bytes, at, size);
    at += typeof message === 'string' ? bytes.write(message, at, 'utf8') : message.copy(bytes, at);
  });
  return bytes;
}

function headLength(size: number): number {
  if (size < length16) return 2;
  return size < 0x10000 ? 4 : 10;
}

function writeHead(bytes: Buffer, at: number, size: number): number {
  bytes[at] = finalText;
  if (size < length16) {
    bytes[at + 1] = size;
    return at + 2;
  }
  if (size < 0x10000) {
    bytes[at + 1] = length16;
    return bytes.writeUInt16BE(size, at + 2);
  }
  bytes[at + 1] = length64;
  return bytes.writeBigUInt64BE(BigInt(size), at + 2);
}
