import * as fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import type { ClientDialectName } from '../../src/core/items.ts';
import type { AnswerBody, Upstream, UpstreamAnswer } from '../../src/upstream/upstream.ts';
import { cutAt } from '../kit/cut-bytes.ts';
import { sseBytes } from '../kit/vendor-server.ts';
import { createMint } from '../kit/vendors/mint.ts';
import { buildReply } from '../kit/vendors/pieces.ts';
import { vendors } from '../kit/vendors/vendors.ts';

/** The text of every answer, as far as a mood lets it come. */
export const moodyText = 'Tell me, été 🙂, all of it.';

/** How one provider behaves towards one request. */
export interface Mood {
  readonly head: 'stream' | 'json' | 'refused' | 'timeout' | 'stale' | 400 | 401 | 429 | 500 | 529;
  /** How much of the answer comes, from nothing (0) to all (1). */
  readonly share: number;
  /** What comes then. `end` of a share below 1 is an answer that was cut. */
  readonly ending: 'end' | 'reset' | 'stall' | 'error' | 'garbage' | 'again';
  /** Where the bytes are cut, as shares of them. */
  readonly cuts: readonly number[];
  /** Turns that pass before each piece; negative: a silence so long that the client needs a sign of life. */
  readonly pauses: readonly number[];
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

export const mood: fc.Arbitrary<Mood> = fc.record({
  head: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Mood['head']>('stream') },
    { weight: 1, arbitrary: fc.constant<Mood['head']>('json') },
    { weight: 3, arbitrary: fc.constantFrom<Mood['head'][]>('refused', 'timeout', 'stale', 400, 401, 429, 500, 529) },
  ),
  share: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: share }),
  ending: fc.constantFrom<Mood['ending'][]>('end', 'reset', 'stall', 'error', 'garbage', 'again'),
  cuts: fc.array(share, { maxLength: 12 }),
  pauses: fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 12 }),
});

export interface MoodyUpstream extends Upstream {
  /** Origins that were called, in order. */
  readonly calls: readonly string[];
  /** Answers whose end nobody read and that nobody let go. */
  openBodies(): number;
}

/** What the upstream needs to know of the world around it. */
export interface Surroundings {
  /** A long silence. */
  silence(): void;
  /** Called before each call. */
  onCall(): void;
}

/** Providers in memory, one per origin, each in its mood. */
export function createMoodyUpstream(
  providers: ReadonlyMap<string, { readonly dialect: ClientDialectName; readonly mood: Mood }>,
  around: Surroundings,
): MoodyUpstream {
  const calls: string[] = [];
  const open = new Set<AnswerBody>();
  return {
    calls,
    openBodies: () => open.size,
    close: () => Promise.resolve(),
    async call({ origin, signal }): Promise<UpstreamAnswer> {
      around.onCall();
      const provider = providers.get(origin);
      if (!provider) throw new TypeError(`no provider at ${origin}`);
      const isSecond = calls.includes(origin);
      calls.push(origin);
      await turns(2);
      if (signal.aborted) throw gone();
      const { status, type, pieces } = answerOf(provider.dialect, provider.mood, isSecond);
      const body = createBody(pieces, provider.mood, { signal, around, open });
      open.add(body);
      return { status, headers: { 'content-type': type }, body };
    },
  };
}

function gone(): Failure {
  return new Failure('client-gone', 'The client closed the connection.');
}

/** Lets others have their turn. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly pieces: readonly Buffer[];
}

function answerOf(dialect: ClientDialectName, { head, share: told, cuts, ending }: Mood, isSecond: boolean): Answer {
  const vendor = vendors[dialect];
  const conversation = { model: 'm', stream: true, tools: [], turns: [] };
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: {} };
  const answer = { text: moodyText, usage: { input: 11, output: 7 } };
  const reply = buildReply({ vendor, mint: createMint('moody'), request, conversation, answer });
  const error = { status: typeof head === 'number' ? head : 529, message: 'Not today.' };
  const cut = (bytes: Buffer) =>
    cutAt(
      bytes,
      cuts.map((at) => Math.round(at * bytes.length)),
    );
  switch (head) {
    case 'refused':
      throw new Failure('upstream-unreachable', 'Nobody is there.');
    case 'timeout':
      throw new Failure('upstream-timeout', 'Nobody answers.');
    case 'stale':
      if (!isSecond) throw staleConnection();
      return { status: 200, type: 'text/event-stream', pieces: cut(sseBytes(vendor.frames(reply))) };
    case 'json': {
      const bytes = Buffer.from(JSON.stringify(vendor.whole(reply)));
      return { status: 200, type: 'application/json', pieces: cut(bytes.subarray(0, Math.round(told * bytes.length))) };
    }
    case 'stream': {
      const bytes = sseBytes(vendor.frames(reply));
      const prefix = bytes.subarray(0, Math.round(told * bytes.length));
      return { status: 200, type: 'text/event-stream', pieces: [...cut(prefix), ...afterwards(prefix)] };
    }
    default:
      return {
        status: head,
        type: 'application/json',
        pieces: cut(Buffer.from(JSON.stringify(vendor.errorBody(error)))),
      };
  }

  function afterwards(before: Buffer): readonly Buffer[] {
    // Gemini has no last word: whatever comes after its finish reason is still a part of the answer.
    if (before.includes('finishReason')) return [];
    if (ending === 'error') return [Buffer.from('\n\n'), sseBytes([vendor.errorEvent(error)])];
    if (ending === 'garbage') return [Buffer.from('\n\ndata: {"never": [\n\n')];
    return ending === 'again' && told === 1 ? [sseBytes(vendor.frames(reply))] : [];
  }
}

function staleConnection(): Failure {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  return new Failure('upstream-unreachable', 'The connection was closed.', { cause });
}

interface BodyParts {
  readonly signal: AbortSignal;
  readonly around: Surroundings;
  readonly open: Set<AnswerBody>;
}

function createBody(
  pieces: readonly Buffer[],
  { ending, pauses }: Mood,
  { signal, around, open }: BodyParts,
): AnswerBody {
  let at = 0;
  const body: AnswerBody = {
    async read() {
      const pause = pauses[at % Math.max(pauses.length, 1)] ?? 0;
      if (pause < 0) around.silence();
      await turns(Math.max(pause, 0));
      if (signal.aborted) return fail(gone());
      if (!open.has(body)) return undefined;
      const piece = pieces[at];
      at += 1;
      if (piece) return piece;
      if (ending === 'reset') return fail(new Failure('upstream-cut', 'The connection broke.'));
      if (ending === 'stall') return fail(new Failure('upstream-timeout', 'It fell silent.'));
      open.delete(body);
      return undefined;
    },
    release: () => void open.delete(body),
    cancel: () => void open.delete(body),
  };

  function fail(failure: Failure): never {
    open.delete(body);
    throw failure;
  }
  return body;
}
