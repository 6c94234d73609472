import { Failure } from '../core/failure.ts';
import type { CanonicalRequest } from '../core/items.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { booleanField, type Peek, peekObject, stringField } from '../wire/peek.ts';
import type { Inbound } from './inbound.ts';

/** A request as far as policy and routing must see it. The body stays bytes until a lane needs more. */
export interface Envelope {
  readonly model: string;
  readonly stream: boolean;
  readonly body: Buffer;
  readonly peek: Peek;
  /** The request in canonical form; read once, on first need. Throws `request-malformed`. */
  canonical(): CanonicalRequest;
}

/** Looks at the top of the body. Throws `request-malformed` or `request-ambiguous`. */
export function readEnvelope(inbound: Inbound, body: Buffer, dialect: Dialect): Envelope {
  const peek = peekObject(body);
  const model = inbound.addressed?.model ?? stringField(peek, 'model');
  if (model === undefined || model === '') {
    throw new Failure('request-malformed', 'The request names no model: set "model" to a non-empty string.');
  }
  const stream = inbound.addressed?.stream ?? booleanField(peek, 'stream') ?? false;
  let decoded: CanonicalRequest | undefined;
  return {
    model,
    stream,
    body,
    peek,
    canonical() {
      decoded ??= decode(inbound, body, dialect);
      return decoded;
    },
  };
}

function decode(inbound: Inbound, body: Buffer, dialect: Dialect): CanonicalRequest {
  const value = parseJson(body.toString('utf8'));
  if (!isJsonObject(value)) throw new Failure('request-malformed', 'The request body is not a JSON object.');
  return dialect.decodeRequest(inbound.addressed ? { ...value, ...inbound.addressed } : value);
}
