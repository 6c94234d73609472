import { Failure } from '../../src/core/failure.ts';
import type { AnswerBody, Upstream, UpstreamAnswer, UpstreamCall } from '../../src/upstream/upstream.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type Fault, faultAt, type Front } from './weather.ts';

export interface VendorParts {
  readonly time: VirtualTime;
  readonly startMs: number;
  readonly fronts: readonly Front[];
  random(): number;
}

/** One call that came to a provider. */
export interface Visit {
  readonly provider: string;
  readonly credential: string;
  readonly session: string;
  readonly atMs: number;
}

/** What a request says that the simulation looks at. */
interface Asked {
  readonly session: string;
  readonly inputTokens: number;
}

/** So long prompts stay in a provider's cache, for the account that sent them. */
const cacheMs = 300_000;
const firstWordMs = 400;
const pieceMs = 60;

/**
 * Providers that speak Responses behind the one door of the gateway, without sockets: `http://NAME.test`, with prompt caches by key and with whatever weather there is.
 */
export function createSimulatedVendors({ time, startMs, fronts, random }: VendorParts) {
  const visits: Visit[] = [];
  const caches = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  const { clock } = time;

  function usageOf({ credential, session }: Visit, inputTokens: number) {
    const name = `${credential} ${session}`;
    const kept = caches.get(name);
    const cached = kept && clock.now() - kept.atMs < cacheMs ? Math.min(kept.tokens, inputTokens) : 0;
    caches.set(name, { tokens: inputTokens, atMs: clock.now() });
    return { input_tokens: inputTokens, input_tokens_details: { cached_tokens: cached }, output_tokens: 20 };
  }

  async function call(request: UpstreamCall): Promise<UpstreamAnswer> {
    const provider = new URL(request.origin).hostname.replace('.test', '');
    const { session, inputTokens } = readAsked(request);
    const credential = request.headers['authorization'] ?? '';
    const visit = { provider, credential, session, atMs: clock.now() - startMs };
    visits.push(visit);
    const fault = faultAt(fronts, provider, visit.atMs);
    await meetBeforeHead(fault, request, time);
    const status = statusOf(fault, random);
    if (status) return errorAnswer(status);
    const pieces = fault?.kind === 'error-in-stream' ? failingPieces() : goodPieces(usageOf(visit, inputTokens));
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: bodyOf(pieces, fault, { request, time }),
    };
  }

  const upstream: Upstream = { call, close: () => Promise.resolve() };
  return { upstream, visits };
}

function readAsked({ body }: UpstreamCall): Asked {
  const { prompt_cache_key: session, input } = JSON.parse(Buffer.concat(body).toString('utf8'));
  return { session: String(session), inputTokens: 1_000 * input.length };
}

async function meetBeforeHead(fault: Fault | undefined, { deadlines, signal }: UpstreamCall, time: VirtualTime) {
  switch (fault?.kind) {
    case 'refuse':
      throw unreachable('ECONNREFUSED');
    case 'unresolved':
      throw unreachable('ENOTFOUND');
    case 'hang':
      await Promise.race([time.sleep(deadlines.headersMs), aborted(signal)]);
      if (signal.aborted) throw gone();
      throw new Failure('upstream-timeout', `Nothing within ${deadlines.headersMs} ms.`);
    case 'delay':
      return time.sleep(firstWordMs + fault.ms);
    default:
      return time.sleep(firstWordMs);
  }
}

function unreachable(code: string): Failure {
  const cause = Object.assign(new Error(code), { code });
  return new Failure('upstream-unreachable', `The provider could not be reached (${code}).`, { cause });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function gone(): Failure {
  return new Failure('client-gone', 'The client left.');
}

type ErrorStatus = Extract<Fault, { kind: 'status' }>;

function statusOf(fault: Fault | undefined, random: () => number): ErrorStatus | undefined {
  if (fault?.kind === 'status') return fault;
  const isBrown = fault?.kind === 'brown-out' && random() < fault.share;
  return isBrown ? { kind: 'status', status: 503, code: 'server_error' } : undefined;
}

function errorAnswer({ status, code, retryAfterS }: ErrorStatus): UpstreamAnswer {
  const body = JSON.stringify({ error: { message: 'Not now.', type: code, code } });
  const later = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return { status, headers: { 'content-type': 'application/json', ...later }, body: wholeBody(body) };
}

function wholeBody(text: string): AnswerBody {
  const left = [Buffer.from(text)];
  return { read: () => Promise.resolve(left.shift()), release: () => {}, cancel: () => void left.splice(0) };
}

const frame = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const item = { type: 'message', id: 'msg_1', role: 'assistant' };
const done = {
  ...item,
  status: 'completed',
  content: [{ type: 'output_text', text: 'All is well.', annotations: [] }],
};
const response = { id: 'resp_1', object: 'response', model: 'm', status: 'in_progress', output: [] };

/** The first is before the first word, the last is the end. */
function goodPieces(usage: object): readonly string[] {
  const word = (delta: string) =>
    frame('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta });
  return [
    frame('response.created', { response }),
    frame('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }),
    word('All '),
    word('is '),
    word('well.'),
    frame('response.output_item.done', { output_index: 0, item: done }),
    frame('response.completed', {
      response: { ...response, status: 'completed', output: [done], usage: { ...usage, total_tokens: 0 } },
    }),
  ];
}

function failingPieces(): readonly string[] {
  const error = { code: 'server_is_overloaded', message: 'Too much to do.' };
  return [
    frame('response.created', { response }),
    frame('response.failed', { response: { ...response, status: 'failed', error } }),
  ];
}

interface Around {
  readonly request: UpstreamCall;
  readonly time: VirtualTime;
}

function bodyOf(pieces: readonly string[], fault: Fault | undefined, { request, time }: Around): AnswerBody {
  let at = 0;
  let isCancelled = false;
  return {
    async read() {
      await time.sleep(fault?.kind === 'drip' ? fault.ms : pieceMs);
      if (request.signal.aborted) throw gone();
      if (isCancelled) return undefined;
      if (fault && 'pieces' in fault && at === fault.pieces) {
        at += 1;
        if (fault.kind === 'reset') throw new Failure('upstream-cut', 'The connection broke.');
        if (fault.kind === 'half-close') return undefined;
        return Buffer.from('data: {"type":"respon\u0000\n\nevent: ???\n\n');
      }
      const piece = pieces[at];
      at += 1;
      return piece === undefined ? undefined : Buffer.from(piece);
    },
    release: () => {},
    cancel: () => void (isCancelled = true),
  };
}
