import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import { decodeContent } from './content-encoding.ts';
import { inflateZstdPortably } from './zstd.ts';

const maxBytes = 1_000_000;
const decode = (body: Buffer, encoding?: string) => decodeContent(body, encoding, { maxBytes });
const coded = (code: string) => expect.objectContaining({ name: 'Failure', code });

/** Made with the zstd command (1.5.4), each with the text it must give. */
const zstdVectors = {
  'one frame with its size in the header, no checksum': {
    text: `{"model":"gpt-5.5","input":"${'naïve 🦃 text \\n'.repeat(30)}"}`,
    base64: 'KLUv/WBYAdUBABQDeyJtb2RlbCI6ImdwdC01LjUiLCJpbnB1dCI6Im5hw692ZSDwn6aDIHRleHQgXG4ifQEAJ2HVLAM=',
  },
  'a stream with entropy-coded text and a checksum': {
    text: Array.from({ length: 150 }, (_, index) => `${index}: ${(index * 7919) % 10007} naïve 🦃`).join('\n'),
    base64:
      'KLUv/QRodRMAGkV4CBywpZIODHM4hSu7wIQpOIwkoMi9995771emEwAEhQB+AHwAIaDcQ0S6Zpd2iyzkpaKIOzMyV0KmbmSgu2EuKW/iVVw0s7lHdXVNCO9WmMxLEUHuZAa6chh2o07wBrGam0QkF2WK7gUxu4bh8FbiXbpDuVOWdGUq3I2gyBtCROJmiJmLmFP3DOmu0VXeqrK4NHRzJwbrSkbejQEAAgIUuOBgAAECg8MNAXmPhOKaRM2tEKwuIdrdsbu8coVxoyjnhpsJdjMk8KIEuRdS5Bre0C0zsktUhXdq7MrIyY0IpBssE+3mYeJFtBD3rGKuEUndkpm7FITyToSKK4k1N+6sbqiyu5tTmBdpMu6JBLoWIuwWZuClPLlzNnKliujGUNkNFGN4U+IuBrVNyKVJhO4sMXblEAhvHEg3RFrJza+MLl50du8ZxGtT5K0lhLl0yFB3xou7spnkjY8mbghRQ3NzpOpihN29TMtrAS9uoeFcssq6QxTwSkncmBC5ISMM3Uwcu3hHeA+rrhmZ3KI5uiSCdidE4pXIvJEX5gY8i7pZJXdxaAISkTdpMuIiBcrco7Spa3RFd4uKKi+RicUdori5QhKwblBIvBsIL/PmWUEufhR07xqxa48M3poCXRpJkjsTsOjKoJndGKvDG+YGb0pJykWZCHVPIsRdk8TIWxJO4pJgzdwRI6orQlN3Q0Qsb5AJFzePvLl4Hta9z/KujXQDgJWoEWxx9rB3oK8GEF5RPo4s1iHLiV5vkqnYqY+Ohz11cJQCvSEQHkMfRGR760Dwg0CilyRmY9NetKpSe8SjYKBFLGZr7h0scy5VATNZ/cw=',
  },
  'a stream of several blocks': {
    text: Array.from({ length: 20_000 }, (_, index) => `line ${index % 97} of the log`).join('\n'),
    base64:
      'KLUv/QRoNAQAMgcTEsAbDnaF2m0VO1JKKVNKvzjnBsDd3d2ZmZmZmVVVVVVVERERERHNzMzMzPz///+2bdt227ZtS5IkSZ4VzV0ChYIEg7EEhBIIwZAcSGKoEeDv3wHAo8o1EkgQWEFgGP7+/38H1Pgst4xSklI+uED+pI894dFOdMxJnAvW4kPMxChAqwJUAAAAAQD9/2L8uQYCRQAAAAEARsQ5AAL2ktGZ',
  },
  'a skippable frame and two frames': {
    text: '{"a":1}',
    base64: 'UCpNGAMAAABhYmMotS/9AFgpAAB7ImEiOii1L/0EWBEAADF91NB+4w==',
  },
} as const;

/** Four million zero bytes in 143. */
const zstdBomb = Buffer.from(
  'KLUv/QRYVAAAEAAAAQD7/znAAgIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAA0gIAFmZaAM=',
  'base64',
);

describe('decodeContent', () => {
  const encoders = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync };
  const names = fc.constantFrom<keyof typeof encoders>('gzip', 'x-gzip', 'deflate', 'br');

  it('undoes the listed encodings from the last to the first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.array(names, { maxLength: 3 }), async (bytes, applied) => {
        const encoded = applied.reduce((data, name) => encoders[name](data), Buffer.from(bytes));
        expect(await decode(encoded, applied.join(', '))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('returns a body without encoding as it is', async () => {
    const body = Buffer.from('{}');
    expect(await decode(body)).toBe(body);
    expect(await decode(body, 'identity')).toBe(body);
    expect(await decode(body, '')).toBe(body);
  });

  it('leaves an empty body alone', async () => {
    expect(await decode(Buffer.alloc(0), 'gzip')).toHaveLength(0);
  });

  it('reads names in any case', async () => {
    expect((await decode(gzipSync('x'), ' GZip ,')).toString()).toBe('x');
  });

  it('reads deflate without its header, as some senders write it', async () => {
    expect((await decode(deflateRawSync('some text'), 'deflate')).toString()).toBe('some text');
  });

  it.each(Object.entries(zstdVectors))('reads zstd: %s', async (_name, { text, base64 }) => {
    expect((await decode(Buffer.from(base64, 'base64'), 'zstd')).toString('utf8')).toBe(text);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(4_000_000))],
    ['deflate', deflateSync(Buffer.alloc(4_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(4_000_000))],
    ['zstd', zstdBomb],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(4_000_000)))],
    ['identity', Buffer.alloc(maxBytes + 1)],
  ])('refuses a body that grows beyond the limit through %s', async (encoding, body) => {
    await expect(decode(body, encoding)).rejects.toThrow(coded('request-too-large'));
  });

  it('accepts a body that just reaches the limit', async () => {
    expect(await decode(gzipSync(Buffer.alloc(maxBytes)), 'gzip')).toHaveLength(maxBytes);
    expect(await decodeContent(zstdBomb, 'zstd', { maxBytes: 4_000_000 })).toHaveLength(4_000_000);
  });

  it('refuses encodings it does not know, and too many', async () => {
    await expect(decode(Buffer.alloc(1), 'compress')).rejects.toThrow(coded('request-encoding-unsupported'));
    const many = Array.from({ length: 4 }, () => 'gzip').join();
    await expect(decode(Buffer.alloc(1), many)).rejects.toThrow(coded('request-encoding-unsupported'));
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])('refuses what is not %s as malformed', async (encoding) => {
    await expect(decode(Buffer.from('{"model":"x"}'), encoding)).rejects.toThrow(coded('request-malformed'));
  });

  it.each([
    ['gzip', gzipSync('some text')],
    ['deflate', deflateSync('some text')],
    ['br', brotliCompressSync('some text')],
    ['zstd', Buffer.from(zstdVectors['a stream of several blocks'].base64, 'base64')],
  ])('refuses %s that ends early as malformed', async (encoding, body) => {
    for (const length of [1, 5, body.length - 5, body.length - 1]) {
      await expect(decode(body.subarray(0, length), encoding)).rejects.toThrow(coded('request-malformed'));
    }
  });
});

describe('zstd in JavaScript', () => {
  const inflate = (bytes: Buffer) => () => inflateZstdPortably(bytes, maxBytes);

  it.each(Object.entries(zstdVectors))('reads %s', (_name, { text, base64 }) => {
    expect(inflate(Buffer.from(base64, 'base64'))().toString('utf8')).toBe(text);
  });

  it('gives nothing for a frame without content', () => {
    expect(inflate(Buffer.from('KLUv/SAAAQAA', 'base64'))()).toHaveLength(0);
  });

  it('stops when the output passes the limit', () => {
    expect(inflate(zstdBomb)).toThrow(coded('request-too-large'));
  });

  it('refuses a window of gigabytes before it is allocated', () => {
    // Header: no single segment, no content size; window exponent 31.
    expect(inflate(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0]))).toThrow(coded('request-too-large'));
  });

  it('refuses a content size beyond the limit before it is allocated', () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x7f, 1, 0, 0]);
    expect(inflate(header)).toThrow(coded('request-too-large'));
  });

  it('refuses a repeated byte longer than a block may be', () => {
    const size = 1 << 20;
    const block = Buffer.alloc(3);
    block.writeUIntLE((size << 3) | 0b011, 0, 3);
    expect(inflate(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, ...block, 0]))).toThrow(coded('request-malformed'));
  });

  it('is stopped when data made to keep it busy takes too long', async () => {
    // 6,000 sequences that each copy 131,074 bytes, as one block: codes 35, 0 and 52, and all of their extra bits set.
    const content = Buffer.concat([Buffer.from([0, 0x97, 0x70, 0x54, 35, 0, 52]), Buffer.alloc(24_008, 0xff)]);
    const block = Buffer.alloc(3);
    block.writeUIntLE((content.length << 3) | 0b101, 0, 3);
    const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), block, content]);
    expect(inflate(frame)).toThrow('timed out');
    await expect(decode(frame, 'zstd')).rejects.toThrow(coded('request-malformed'));
  });

  it('refuses data that needs a dictionary', () => {
    expect(inflate(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 1, 0, 0]))).toThrow(
      coded('request-encoding-unsupported'),
    );
  });

  it('ends on damaged data, with at most the allowed output', async () => {
    const vectors = fc.constantFrom(...Object.values(zstdVectors).map(({ base64 }) => base64));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(vectors, damage, async (base64, edits) => {
        const bytes = Buffer.from(base64, 'base64');
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        const result = await decode(bytes, 'zstd').catch((thrown: unknown) => thrown);
        expect(result instanceof Failure || (Buffer.isBuffer(result) && result.length <= maxBytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
