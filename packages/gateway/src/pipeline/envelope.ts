import { Failure } from '../core/failure.ts';
import type { CanonicalRequest } from '../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { readRoutingWishes, type RoutingWishes, takesWishes } from '../routing/wishes.ts';
import { type LongTexts, setTextsAside } from '../wire/long-texts.ts';
import { booleanField, fieldBytes, jsonField, type Peek, peekObject, stringField } from '../wire/peek.ts';
import { spliceObject } from '../wire/splice.ts';
import type { Inbound } from './inbound.ts';

/** What a request asks, as its record tells it. */
export interface Asked {
  /** Absent where nothing is asked of a model. */
  readonly model?: string;
  readonly stream: boolean;
  /** So far, where the body passes as a stream. */
  readonly bodyBytes: number;
}

/** A request as far as policy and routing must see it. The body stays bytes until a lane needs more. */
export interface Envelope extends Asked {
  readonly model: string;
  /** What it says of where it wants to go, if anything. */
  readonly wishes?: RoutingWishes;
  /** The body's bytes and where its top-level fields are. Throws after `forget`. */
  peek(): Peek;
  /**
   * The request in canonical form; read once, on first need. Long texts that nobody reads may have stand-ins.
   * Throws `request-malformed`, and after `forget`.
   */
  canonical(): CanonicalRequest;
  /** A body that was made of it, in bytes, with all texts in their places. Throws after `forget`. */
  written(body: JsonObject): Buffer;
  /** The request will not be sent again: lets go of its body, which would otherwise stay for as long as the answer streams. */
  forget(): void;
}

/** Looks at the top of the body. Throws `request-malformed` or `request-ambiguous`. */
export function readEnvelope(inbound: Inbound, body: Buffer, dialect: Dialect): Envelope {
  const whole = peekObject(body);
  const wishes = wishesIn(whole, inbound);
  const model = checkedModel(inbound.addressed?.model ?? stringField(whole, 'model') ?? wishes?.models[0]);
  const first = wishes ? withoutWishes(whole, wishes, model) : whole;
  const stream = inbound.addressed?.stream ?? booleanField(first, 'stream') ?? false;
  let kept: Peek | undefined = first;
  let decoded: Decoded | undefined;

  function peek(): Peek {
    if (!kept) throw new TypeError('the envelope was asked for a body that it has let go');
    return kept;
  }

  function decodedOnce(): Decoded {
    decoded ??= decode(inbound, peek(), dialect);
    return decoded;
  }

  return {
    model,
    stream,
    ...(wishes ? { wishes } : {}),
    bodyBytes: body.length,
    peek,
    canonical: () => decodedOnce().request,
    written: (written) => decodedOnce().texts.restore(JSON.stringify(written)),
    forget() {
      kept = undefined;
      decoded = undefined;
    },
  };
}

/** The same request with these items at the end of its history. Undefined where that is no list. */
export function withHistory(
  envelope: Envelope,
  items: readonly JsonObject[],
  { inbound, dialect }: { readonly inbound: Inbound; readonly dialect: Dialect },
): Envelope | undefined {
  if (items.length === 0) return envelope;
  const peek = envelope.peek();
  const field = dialect.resumption?.historyField ?? '';
  const history = fieldBytes(peek, field)?.toString('utf8');
  if (history?.startsWith('[') !== true) return undefined;
  const before = history.slice(0, -1);
  const more = items.map((item) => JSON.stringify(item)).join(',');
  const replace = { [field]: `${before}${before.trim() === '[' ? '' : ','}${more}]` };
  const longer = readEnvelope(inbound, Buffer.concat(spliceObject(peek, { replace })), dialect);
  return envelope.wishes ? { ...longer, wishes: envelope.wishes } : longer;
}

/** A function of its own: a closure over the body in `readEnvelope` would keep it for as long as the envelope lives, whatever `forget` lets go. */
function wishesIn(whole: Peek, { dialect }: Inbound): RoutingWishes | undefined {
  return takesWishes(dialect) ? readRoutingWishes((key) => jsonField(whole, key)) : undefined;
}

/** What a request says to the gateway is not for providers. `model` may have been said only there. */
function withoutWishes(whole: Peek, { fields }: RoutingWishes, model: string): Peek {
  const edits = { replace: { model: JSON.stringify(model) }, remove: fields };
  return peekObject(Buffer.concat(spliceObject(whole, edits)));
}

/** Longer than any name that a provider gave to a model. */
const maxModelLength = 500;

/** The name stands in logs, records and messages as it was asked for, so it must be one. */
export function checkedModel(name: string | undefined): string {
  if (name === undefined || name === '') {
    throw new Failure('request-malformed', 'The request names no model: set "model" to a non-empty string.');
  }
  if (name.length > maxModelLength) {
    throw new Failure('request-malformed', `The model name is too long: it may have ${maxModelLength} characters.`);
  }
  if (/\p{Cc}/u.test(name)) {
    throw new Failure(
      'request-malformed',
      'The model name has control characters in it. Write it as the list of models does.',
    );
  }
  return name;
}

interface Decoded {
  readonly request: CanonicalRequest;
  readonly texts: LongTexts;
}

function decode(inbound: Inbound, peek: Peek, dialect: Dialect): Decoded {
  const texts = textsAside(inbound, peek, dialect);
  const value = parseJson(texts.outline);
  if (!isJsonObject(value)) throw new Failure('request-malformed', 'The request body is not a JSON object.');
  return { request: dialect.decodeRequest(inbound.addressed ? { ...value, ...inbound.addressed } : value), texts };
}

/** Texts that nobody here reads are set aside. */
function textsAside({ id, compacts = false }: Inbound, peek: Peek, { copiedTexts }: Dialect): LongTexts {
  const aside = setTextsAside(peek, copiedTexts?.fields ?? [], id);
  const isRead = copiedTexts?.unless !== undefined && aside.outline.includes(copiedTexts.unless);
  return compacts || isRead ? setTextsAside(peek, [], id) : aside;
}
