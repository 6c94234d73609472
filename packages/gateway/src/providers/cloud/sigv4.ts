import { createHash, createHmac } from 'node:crypto';
import type { CallToAuthorize, Headers } from '../authorizer.ts';

/** What signs. Plain text: it lives only while a call is signed. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigningScope {
  readonly service: string;
  readonly region: string;
}

/** These headers are signed beside the host and AWS's own; proxies may change any others. */
const alwaysSigned: ReadonlySet<string> = new Set(['host', 'content-type']);

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs calls as AWS wants them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 * Keeps the key that is derived for a day.
 */
export function createSigner({ service, region }: SigningScope) {
  let derived: { readonly from: string; readonly key: Buffer } | undefined;

  function keyFor(secret: string, day: string): Buffer {
    const from = `${day} ${secret}`;
    if (derived?.from === from) return derived.key;
    const key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`, 'utf8'));
    derived = { from, key };
    return key;
  }

  /** The headers to add. */
  return function sign(call: CallToAuthorize & { readonly body: readonly Buffer[] }, keys: SigningKeys): Headers {
    const time = new Date(call.nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    const bodyHash = hashOf(call.body);
    const added = {
      'x-amz-date': time,
      'x-amz-content-sha256': bodyHash,
      ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
    };
    const signed = signedHeaders({ ...call.headers, ...added, host: new URL(call.origin).host });
    const names = signed.map(([name]) => name).join(';');
    const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
    const canonical = [call.method, canonicalTarget(call.path), lines, names, bodyHash].join('\n');
    const scope = [day, region, service, 'aws4_request'].join('/');
    const text = [algorithm, time, scope, hashOf([Buffer.from(canonical, 'utf8')])].join('\n');
    const signature = hmac(keyFor(keys.secretAccessKey, day), text).toString('hex');
    const credential = `Credential=${keys.accessKeyId}/${scope}`;
    return { ...added, authorization: `${algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}` };
  };
}

function signedHeaders(headers: Headers): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => alwaysSigned.has(name) || name.startsWith('x-amz-'))
    .map(([name, value]): [string, string] => [name, value.trim().replace(/ +/g, ' ')])
    .toSorted(byName);
}

/** Path and query as they are signed: each segment encoded once more than it is sent (S3 alone does otherwise), the query sorted. */
function canonicalTarget(target: string): string {
  const [path = '', query = ''] = splitOnce(target, '?');
  const segments = path.split('/').map(encode).join('/');
  const pairs = query === '' ? [] : query.split('&').map((pair) => splitOnce(pair, '=').map(recode));
  const sorted = pairs.map(([name = '', value = '']): [string, string] => [name, value]).toSorted(byName);
  return `${segments || '/'}\n${sorted.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}

function byName(one: readonly [string, string], other: readonly [string, string]): number {
  if (one[0] !== other[0]) return one[0] < other[0] ? -1 : 1;
  return one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0;
}

function recode(text: string): string {
  return encode(decodeURIComponent(text));
}

/** Everything but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hashOf(pieces: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
