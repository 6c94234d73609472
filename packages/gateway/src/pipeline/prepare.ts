import type { Lane } from '@turnpike/contract/exchange-record';
import type { Limits, Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { CanonicalRequest, ClientDialectName, DialectName } from '../core/items.ts';
import type { Loss } from '../core/loss.ts';
import type { EncodeTarget, TargetAbilities } from '../dialects/dialect.ts';
import { dialects, providerDialects } from '../dialects/registry.ts';
import { fitBody, fitPlan } from '../dialects/shared/fit-body.ts';
import type { ToolTable } from '../dialects/shared/tool-table.ts';
import { withUserEnd } from '../dialects/shared/user-end.ts';
import { authorize } from '../providers/authorize.ts';
import { compactEndpointOf, type Endpoint, endpointOf } from '../providers/endpoint.ts';
import type { Provider } from '../providers/provider.ts';
import { type Deployment, factsOf } from '../routing/plan.ts';
import { isOwnTurnState } from '../routing/turn-state.ts';
import type { Deadlines, UpstreamCall, UpstreamMessage } from '../upstream/upstream.ts';
import { fieldBytes, hasField, type Peek } from '../wire/peek.ts';
import { type ObjectEdits, spliceObject } from '../wire/splice.ts';
import type { Compactor } from './compactor.ts';
import type { Envelope } from './envelope.ts';
import type { Channel, Inbound } from './inbound.ts';
import { withWishes } from './routing-wishes.ts';
import { imposedEdits, type Imposed, impose, imposeInside } from './impose.ts';
import type { SealSieve } from './seal-sieve.ts';

/** A request ready to be sent to one deployment. */
export interface Prepared {
  readonly deployment: Deployment;
  /** The dialect spoken upstream. */
  readonly dialect: DialectName;
  readonly lane: Lane;
  readonly losses: readonly Loss[];
  readonly call: UpstreamCall;
  readonly asksForStream: boolean;
  /** Translate lane: how tool names were written. */
  readonly tools?: ToolTable;
  /** Express lane: see `ExpressPlan.dropsUsageFrame`. */
  readonly dropsUsageFrame: boolean;
}

/** The bytes for one lane, before they become a call. */
interface Body {
  readonly lane: Lane;
  readonly pieces: readonly Buffer[];
  readonly stream: boolean;
  readonly losses: readonly Loss[];
  readonly tools?: ToolTable;
  /** What the bytes need beside the provider's usual headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly dropsUsageFrame?: boolean;
  /** The express lane's bytes before they were changed, and the changes. */
  readonly edited?: { readonly peek: Peek; readonly edits: ObjectEdits };
}

/** What is asked, and by whom. */
export interface Asking {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly compactor: Compactor;
  readonly sieve: SealSieve;
  /** The longest answer that there is room for. Absent: as the caller wants. */
  readonly outputTokens?: number | undefined;
}

/** Writes the request for a deployment. Throws `meaning-lost` where its dialect cannot say what matters, and what decoding throws. */
export function prepare(deployment: Deployment, request: Asking, snapshot: Snapshot): Prepared {
  const { inbound, envelope, compactor, sieve, outputTokens } = request;
  const { provider, parameters } = deployment;
  const imposed: Imposed = { parameters, outputTokens };
  const dialect = provider.speaks.includes(inbound.dialect) ? inbound.dialect : provider.speaks[0];
  if (dialect === undefined) throw new Failure('meaning-lost', `The provider "${provider.name}" speaks no dialect.`);
  const facts = factsOf(deployment, snapshot);
  const target: EncodeTarget = {
    model: deployment.model,
    issuer: provider.issuer,
    abilities: facts ?? noAbilities,
    quirks: provider.quirks,
  };
  const sifted = sieve.sifted(envelope, deployment);
  // A call that only condenses passes as it is or not at all.
  if (sifted && inbound.compacts === true) compactor.takeOver();
  const mayPass = dialect === inbound.dialect && !compactor.condenses && !sifted;
  const written =
    (mayPass && expressBody(inbound.dialect, { ...request, imposed }, target)) ||
    translatedBody(dialect, { ...request, imposed, canonical: sifted ?? envelope.canonical() }, target);
  const body: Body = envelope.wishes ? withWishes(written, envelope.wishes, provider) : written;
  return {
    deployment,
    dialect,
    lane: body.lane,
    losses: body.losses,
    call: callOf(deployment, { dialect, inbound, body }, snapshot),
    asksForStream: body.stream,
    ...(body.tools ? { tools: body.tools } : {}),
    dropsUsageFrame: body.dropsUsageFrame === true,
  };
}

const noAbilities: TargetAbilities = {};

type Imposing = Asking & { readonly imposed: Imposed };

function expressBody(
  dialect: ClientDialectName,
  { envelope, inbound, imposed }: Imposing,
  target: EncodeTarget,
): Body | undefined {
  const { stream } = envelope;
  const peek = envelope.peek();
  const asked = { body: peek.body, stream, has: (key: string) => hasField(peek, key) };
  const passing = dialects[dialect].planExpress(asked, target);
  if (!passing) return undefined;
  const fields = (key: string) => fieldBytes(peek, key);
  // A call that only condenses a history takes no limit.
  const set = imposedEdits(imposed, { dialect, fields, mayLimit: inbound.compacts !== true }, target);
  const replace = { ...passing.replace, ...set.replace };
  const plan = fitPlan({ ...passing, replace, remove: [...passing.remove, ...set.remove] }, target.quirks);
  return {
    lane: 'express',
    pieces: spliceObject(peek, plan),
    stream,
    losses: set.losses,
    edited: { peek, edits: plan },
    ...(plan.dropsUsageFrame ? { dropsUsageFrame: true } : {}),
  };
}

function translatedBody(
  dialect: DialectName,
  { canonical, envelope, inbound, compactor, imposed }: Imposing & { readonly canonical: CanonicalRequest },
  target: EncodeTarget,
): Body {
  const asked = impose(compactor.outgoing(canonical, target.issuer), imposed);
  const request = dialects[inbound.dialect].prefills ? asked : withUserEnd(asked);
  const encoded = providerDialects[dialect].encodeRequest(request, target);
  const meaning = encoded.losses.filter((loss) => loss.weight === 'meaning');
  if (meaning.length > 0) {
    const told = meaning.map((loss) => `${loss.what} (${loss.why})`).join('; ');
    throw new Failure('meaning-lost', `The model "${target.model}" cannot be told: ${told}.`);
  }
  const { body, losses } =
    dialect === inbound.dialect ? imposeInside(encoded, imposed, inbound.dialect, target) : encoded;
  return {
    lane: 'translate',
    pieces: [envelope.written(fitBody(body, target.quirks))],
    stream: true,
    losses,
    tools: encoded.tools,
    ...(encoded.headers ? { headers: encoded.headers } : {}),
  };
}

function callOf(
  deployment: Deployment,
  parts: { readonly dialect: DialectName; readonly inbound: Inbound; readonly body: Body },
  snapshot: Snapshot,
): UpstreamCall {
  const { provider, credential, model } = deployment;
  const { dialect, inbound, body } = parts;
  const { limits } = snapshot;
  return {
    ...(compactCallOf(provider, body, inbound) ?? endpointOf(provider, dialect, model, body.stream)),
    headers: {
      'content-type': 'application/json',
      accept: body.stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'turnpike',
      ...forwardedRequestHeaders(dialect, inbound, provider.issuer),
      ...provider.headers,
      ...besideOwn(body.headers, provider.headers),
      ...authorize(provider, credential),
    },
    ...(credential.authorizer ? { authorizer: credential.authorizer } : {}),
    body: body.pieces,
    deadlines: deadlinesOf(limits),
    allowPrivate: provider.allowPrivate,
    signal: inbound.signal,
    ...(provider.websocket && inbound.channel && body.edited
      ? { message: messageOf(body.edited, inbound.channel) }
      : {}),
  };
}

/** How long the configuration lets a provider take. */
export function deadlinesOf(limits: Limits): Deadlines {
  return { connectMs: limits.connectTimeoutMs, headersMs: limits.headersTimeoutMs, idleMs: limits.idleTimeoutMs };
}

/** The same bytes as a message. */
function messageOf({ peek, edits }: NonNullable<Body['edited']>, channel: Channel): UpstreamMessage {
  const replace = { ...edits.replace, type: '"response.create"' };
  // A socket knows no other way to answer.
  const remove = [...(edits.remove ?? []), 'stream'];
  const continuation = channel.continuation();
  return {
    channel: channel.life,
    ...(continuation ? { previousResponseId: continuation.responseId } : {}),
    whole: () => Buffer.concat(spliceObject(peek, { replace, remove })),
    news() {
      const previous = continuation && { previous_response_id: JSON.stringify(continuation.responseId) };
      const cut = continuation && { cut: continuation };
      return Buffer.concat(spliceObject(peek, { replace: { ...replace, ...previous }, remove, ...cut }));
    },
  };
}

/** A call that does nothing but condense a history goes to the like of it, unless the gateway has made a question to the model of it. */
function compactCallOf(provider: Provider, body: Body, inbound: Inbound): Endpoint | undefined {
  return inbound.compacts === true && body.lane === 'express' ? compactEndpointOf(provider) : undefined;
}

/** Lists in headers add up: a beta that the operator switched on stays on beside one that this body needs. */
function besideOwn(
  needed: Readonly<Record<string, string>> = {},
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(needed).map(([name, value]) => [name, own[name] === undefined ? value : `${value},${own[name]}`]),
  );
}

/** What of the caller’s own headers may travel on. */
export function forwardedRequestHeaders(
  dialect: DialectName,
  inbound: Inbound,
  issuer: string,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (dialect !== inbound.dialect) return headers;
  for (const name of dialects[inbound.dialect].forwardedHeaders(issuer).request) {
    const value = inbound.headers[name];
    if (typeof value === 'string' && !isOwnTurnState(value)) headers[name] = value;
  }
  return headers;
}
