import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsV4Signer } from 'aws4fetch';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner, type SigningKeys } from './sigv4.ts';

const service = 'bedrock';
const word = fc.string({
  minLength: 1,
  maxLength: 12,
  unit: fc.constantFrom(...Array.from('abzAZ019-_.~:/ +!()*\'"@=,é漢&?%#$')),
});
const secret = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...Array.from('abcXYZ0189/+')) });

/** Anything that a model id may be, and more: ARNs hold colons and slashes. */
const target = fc
  .record({
    model: fc.oneof(
      fc.constantFrom(
        'anthropic.claude-sonnet-4-5-20250929-v1:0',
        'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3',
        'us.amazon.nova-pro-v1:0',
      ),
      word.filter((text) => text !== '.' && text !== '..'),
    ),
    query: fc.array(fc.tuple(word, word), { maxLength: 3 }),
  })
  .map(({ model, query }) => {
    const pairs = query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
    return `/model/${encodeURIComponent(model)}/converse-stream${pairs === '' ? '' : `?${pairs}`}`;
  });

const call = fc.record({
  method: fc.constantFrom('POST', 'GET'),
  origin: fc.constantFrom('https://bedrock-runtime.eu-central-1.amazonaws.com', 'http://127.0.0.1:9000'),
  path: target,
  body: fc.array(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 3 },
  ),
  nowMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});
const keys: fc.Arbitrary<SigningKeys> = fc.record(
  { accessKeyId: fc.stringMatching(/^AKIA[A-Z0-9]{4,16}$/), secretAccessKey: secret, sessionToken: secret },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const region = fc.constantFrom('eu-central-1', 'us-gov-west-1');
const headers = { 'content-type': 'application/json', accept: 'text/event-stream', 'user-agent': 'turnpike' };

const timeOf = (nowMs: number): string => new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');

describe('the signature of calls to AWS', () => {
  it('is the one that aws4fetch makes', async () => {
    await fc.assert(
      fc.asyncProperty(call, keys, region, async (asked, signingKeys, where) => {
        const ours = createSigner({ service, region: where })({ ...asked, headers }, signingKeys);
        const theirs = await new AwsV4Signer({
          method: asked.method,
          url: asked.origin + asked.path,
          headers: { 'content-type': 'application/json', 'x-amz-content-sha256': ours['x-amz-content-sha256'] ?? '' },
          body: asked.method === 'GET' ? undefined : Buffer.concat(asked.body),
          ...signingKeys,
          service,
          region: where,
          datetime: timeOf(asked.nowMs),
          allHeaders: true,
          singleEncode: false,
        }).sign();
        expect(ours['authorization']).toBe(theirs.headers.get('authorization'));
      }),
    );
  });

  it("is the one that AWS's own library makes", async () => {
    await fc.assert(
      fc.asyncProperty(call, keys, region, async (asked, signingKeys, where) => {
        const { host, pathname, search, protocol } = new URL(asked.origin + asked.path);
        const query = Object.fromEntries(
          [...new URLSearchParams(search)].map(([name, value]): [string, string] => [name, value]),
        );
        // It knows a parameter's repetition as a list, which is beside the point here.
        fc.pre(Object.keys(query).length === [...new URLSearchParams(search)].length);
        const signer = new SignatureV4({ service, region: where, credentials: signingKeys, sha256: NodeHash });
        const theirs = await signer.sign(
          {
            method: asked.method,
            protocol,
            hostname: host,
            path: pathname,
            query,
            headers: { 'content-type': 'application/json', host },
            body: Buffer.concat(asked.body),
          },
          { signingDate: new Date(asked.nowMs) },
        );
        const ours = createSigner({ service, region: where })({ ...asked, headers }, signingKeys);
        expect(ours['authorization']).toBe(theirs.headers['authorization']);
      }),
    );
  });

  it('changes with the day, the secret and every byte', () => {
    const sign = createSigner({ service, region: 'eu-central-1' });
    const base = { method: 'POST', origin: 'https://a.example', path: '/model/m/converse', headers, nowMs: 0 };
    const one = { accessKeyId: 'AKIA1', secretAccessKey: 'one' };
    const signatures = [
      sign({ ...base, body: [] }, one),
      sign({ ...base, body: [Buffer.from('x')] }, one),
      sign({ ...base, body: [], nowMs: 86_400_000 }, one),
      sign({ ...base, body: [] }, { ...one, secretAccessKey: 'two' }),
      sign({ ...base, body: [], path: '/model/n/converse' }, one),
    ].map((signed) => signed['authorization']);
    expect(new Set(signatures).size).toBe(5);
    expect(sign({ ...base, body: [] }, one)['authorization']).toBe(signatures[0]);
  });
});

/** A hash as AWS's library wants it. */
class NodeHash {
  readonly #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    const bytes = key === undefined ? undefined : typeof key === 'string' ? key : bufferOf(key);
    this.#hash = bytes === undefined ? createHash('sha256') : createHmac('sha256', bytes);
  }
  reset(): void {
    throw new Error('not used');
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bufferOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bufferOf(data: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
