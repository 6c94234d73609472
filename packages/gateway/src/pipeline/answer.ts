import { Failure } from '../core/failure.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import type { DecodeContext, Dialect, EncodeContext, ProviderDialect } from '../dialects/dialect.ts';
import { providerDialects } from '../dialects/registry.ts';
import type { ReplyTrack } from '../dialects/resumption.ts';
import { anyName, createToolTable } from '../dialects/shared/tool-table.ts';
import { expandReply, foldReply } from '../dialects/shared/reply.ts';
import type { Reply, ReplyEvent } from '../core/events.ts';
import type { CanonicalRequest } from '../core/items.ts';
import type { UpstreamAnswer } from '../upstream/upstream.ts';
import { decoderOf } from '../wire/decoder-of.ts';
import type { FrameDecoder } from '../wire/frame-decoder.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { Compactor } from './compactor.ts';
import type { Envelope } from './envelope.ts';
import { createExpressTransform } from './express-transform.ts';
import { createFoldTransform } from './fold-transform.ts';
import type { Prepared } from './prepare.ts';
import type { Pump } from './pump.ts';
import type { SealSieve } from './seal-sieve.ts';
import { createStreamPump } from './stream-pump.ts';
import { createTranslateTransform } from './translate-transform.ts';
import { createWholePump, readWhole, type WholeAnswer } from './whole-pump.ts';
import { createWitness } from './witness.ts';

/** What is needed to speak to the client. */
export interface ClientSide {
  readonly dialect: Dialect;
  readonly envelope: Envelope;
  readonly context: EncodeContext;
  readonly compactor: Compactor;
  readonly sieve: SealSieve;
  /** Another deployment may go on with an answer that breaks off. */
  readonly resumes?: boolean;
}

/** Makes the pump for upstream's answer. Throws a provider's refusal as a failure. */
export async function openAnswer(
  prepared: Prepared,
  answer: UpstreamAnswer,
  client: ClientSide,
  now: number,
): Promise<Pump> {
  const provider = providerDialects[prepared.dialect];
  if (answer.status < 200 || answer.status > 299) throw await refusal(provider, answer, now);
  refuseCompressed(answer);
  const frames = decoderOf(answer.headers['content-type'], prepared.asksForStream)?.();
  const streamed = frames !== undefined;
  // Whoever goes on with another's answer counts on from there, so nothing passes untouched.
  if (prepared.lane === 'express' && !client.context.goesOn) {
    if (client.envelope.stream && streamed) return expressPump(prepared, answer, client);
    if (!client.envelope.stream && !streamed)
      return createWholePump(answer.body, (bytes) => observeWhole(client.dialect, bytes));
  }
  return translatedPump(prepared, answer, client, frames);
}

export async function refusal(provider: ProviderDialect, answer: UpstreamAnswer, now: number): Promise<Failure> {
  if (answer.status < 400) return redirected(answer);
  const body = await readWhole(answer.body, 1024 * 1024);
  return provider.decodeFailure({ status: answer.status, headers: answer.headers, body, now });
}

/** Whoever asks again is sent away again: somebody must set the address right. */
function redirected({ status, headers, body }: UpstreamAnswer): Failure {
  body.cancel();
  // What stands behind a question mark may be a secret.
  const place = String(headers['location'] ?? '').replace(/[?#].*$/s, '');
  return new Failure(
    'address-forbidden',
    `The provider sends elsewhere (HTTP status ${status}${place === '' ? '' : `, to ${place}`}), so its base_url is wrong. Turnpike follows no redirect: keys go only to addresses that the configuration names.`,
  );
}

/** No coding is ever asked for. A server that compresses all the same would otherwise seem to send nothing or nonsense. */
export function refuseCompressed({ headers }: UpstreamAnswer): void {
  const coding = headers['content-encoding'];
  if (coding === undefined || coding === 'identity' || coding === '') return;
  throw new Failure(
    'upstream-garbled',
    `The provider compressed its answer (content-encoding: ${String(coding)}) although it was asked not to.`,
  );
}

function expressPump(prepared: Prepared, answer: UpstreamAnswer, client: ClientSide): Pump {
  const { dialect, context } = client;
  const closing = (failure: Failure) => dialect.failureFrames(failure, context).map(encodeSseFrame).join('');
  const [observer, track] = [dialect.createObserver(), trackOf(client)];
  const { dropsUsageFrame } = prepared;
  return createStreamPump(answer.body, createExpressTransform({ observer, closing, dropsUsageFrame, track }), track);
}

function trackOf({ dialect, context, resumes }: ClientSide): ReplyTrack | undefined {
  return resumes === true ? dialect.resumption?.createTrack(context.goesOn) : undefined;
}

function observeWhole(dialect: Dialect, bytes: Buffer): WholeAnswer {
  const observer = dialect.createObserver();
  observer.whole(jsonAnswer(bytes));
  const { terminal } = observer.seen;
  if (terminal instanceof Failure) throw terminal;
  return { piece: bytes, seen: { ...observer.seen, semantic: true } };
}

/** All other ways: the client wants another dialect, or another form than upstream gave. `frames`: cuts the answer where it is a stream. */
function translatedPump(
  prepared: Prepared,
  answer: UpstreamAnswer,
  client: ClientSide,
  frames: FrameDecoder | undefined,
): Pump {
  const provider = providerDialects[prepared.dialect];
  const decode: DecodeContext = {
    issuer: prepared.deployment.provider.issuer,
    tools: prepared.tools ?? createToolTable(client.envelope.canonical(), anyName),
  };
  const { compactor } = client;
  const request = client.envelope.canonical();
  const context = { ...client.context, request: withoutHistory(request) };
  if (!frames) {
    return createWholePump(answer.body, (bytes) => {
      const events = compactor.incomingWhole(provider.decodeReply(jsonAnswer(bytes), decode), request);
      return encodeWhole(events, { ...client, context });
    });
  }
  const decoder = compactor.incoming(provider.createReplyDecoder(decode), request);
  if (!client.envelope.stream) {
    const write = (reply: Reply) => JSON.stringify(client.dialect.encodeReply(reply, context));
    return createStreamPump(answer.body, createFoldTransform(decoder, write, frames));
  }
  const [encoder, track] = [client.dialect.createReplyEncoder(context), trackOf(client)];
  return createStreamPump(answer.body, createTranslateTransform({ decoder, encoder, frames, track }), track);
}

/** What an answer repeats of its request: all but the history, which would stay in memory for as long as the answer streams. */
function withoutHistory(request: CanonicalRequest): CanonicalRequest {
  return { ...request, items: request.items.filter((item) => item.type === 'tools') };
}

function encodeWhole(events: readonly ReplyEvent[], client: ClientSide): WholeAnswer {
  const reply = foldReply(events);
  if (reply instanceof Failure) throw reply;
  const witness = createWitness();
  for (const event of events) witness.watch(event);
  const seen = { ...witness.seen, semantic: true };
  if (!client.envelope.stream)
    return { piece: JSON.stringify(client.dialect.encodeReply(reply, client.context)), seen };
  const encoder = client.dialect.createReplyEncoder(client.context);
  const frames = expandReply(reply).flatMap((event) => encoder.push(event));
  return { piece: frames.map(encodeSseFrame).join(''), seen };
}

const byteOrderMark = '\ufeff';

function jsonAnswer(bytes: Buffer) {
  const text = bytes.toString('utf8');
  const value = parseJson(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  if (isJsonObject(value)) return value;
  const start = bytes.toString('utf8', 0, 80).replace(/\s+/g, ' ').trim();
  throw new Failure('upstream-garbled', `The provider answered with something that is not JSON: "${start}".`);
}
