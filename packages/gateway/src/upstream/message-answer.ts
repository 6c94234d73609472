import { Failure } from '../core/failure.ts';
import { type BodyQueue, createBodyQueue } from './answer-body.ts';
import { openPromise } from './open-promise.ts';
import { continuableId, eventOf, kindOfMessage, readRefusal, type Refusal } from './provider-message.ts';
import { cutAnswer, silentAnswer, tooLate } from './transport-failure.ts';
import type { Deadlines, UpstreamAnswer } from './upstream.ts';

/** What an answer needs of the socket that it comes over. */
export interface AnswerSource {
  pause(): void;
  resume(): void;
  /** There is no other way to end an answer than to hang up. */
  abort(): void;
  /** The answer is over: the socket may be asked again. `responseId`: what can be continued. */
  over(responseId: string | undefined): void;
}

export interface AnswerTerms {
  readonly origin: string;
  readonly deadlines: Deadlines;
  readonly signal: AbortSignal;
}

/** Why a message got no answer, although another way of asking may get one. */
export type Unanswered = 'previous-response-unknown' | 'socket-broken';

/** An answer that is being received. */
export interface MessageAnswer {
  readonly begun: Promise<UpstreamAnswer | Unanswered>;
  onMessage(data: Buffer): void;
  onClose(error: Error): void;
}

/** More than this of handshakes is no handshake. */
const maxHeldBytes = 1024 * 1024;

/**
 * Makes an answer as HTTP has it of a socket's messages: each is an event of the stream, and an error that comes instead of an answer
 * is one with a status. What opens an answer is held back until something is said, because until then another way may be tried.
 */
export function receiveAnswer(source: AnswerSource, terms: AnswerTerms): MessageAnswer {
  const { deadlines, signal } = terms;
  const begun = openPromise<UpstreamAnswer | Unanswered>();
  let held: Buffer[] = [];
  let heldBytes = 0;
  let body: BodyQueue | undefined;
  let done = false;
  let paused = false;
  let timer = setTimeout(() => fail(tooLate(terms)), deadlines.headersMs);

  const onAbort = (): void => fail(new Failure('client-gone', 'The client closed the connection.'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  /** Nothing that comes later is of this answer. */
  function end(): void {
    done = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }

  function fail(failure: Failure): void {
    if (done) return;
    end();
    source.abort();
    flush();
    if (body) body.fail(failure);
    else begun.reject(failure);
  }

  function begin(): void {
    clearTimeout(timer);
    const listen = (): void => {
      timer = setTimeout(() => fail(silentAnswer(terms)), deadlines.idleMs);
    };
    listen();
    body = createBodyQueue({
      pause() {
        paused = true;
        clearTimeout(timer);
        source.pause();
      },
      resume() {
        paused = false;
        if (!done) listen();
        source.resume();
      },
      abort() {
        end();
        source.abort();
      },
    });
    begun.resolve({ status: 200, headers: { 'content-type': 'text/event-stream' }, body });
  }

  function hold(data: Buffer): void {
    // Messages of one chunk go on as one piece: a piece costs more than its bytes.
    if (body && held.length === 0) queueMicrotask(flush);
    held.push(...eventOf(data));
    heldBytes += data.length;
  }

  function flush(): void {
    if (!body || held.length === 0) return;
    const bytes = Buffer.concat(held);
    held = [];
    body.push(bytes);
  }

  function refuse(data: Buffer): boolean {
    const refusal = body ? undefined : readRefusal(data);
    if (!refusal) return false;
    end();
    source.over(undefined);
    begun.resolve(unansweredBy(refusal) ?? answerOf(refusal));
    return true;
  }

  return {
    begun: begun.promise,
    onMessage(data) {
      if (done) return;
      const kind = kindOfMessage(data);
      if (kind === 'error' && refuse(data)) return;
      if (body && !paused) timer.refresh();
      hold(data);
      if (kind === 'preamble' && heldBytes < maxHeldBytes) return;
      if (!body) {
        begin();
        flush();
      }
      if (kind === 'preamble' || kind === 'content') return;
      end();
      source.over(kind === 'end' ? continuableId(data) : undefined);
      flush();
      body?.finish();
    },
    onClose(error) {
      if (done) return;
      if (body) {
        fail(cutAnswer(terms, error));
        return;
      }
      end();
      begun.resolve('socket-broken');
    },
  };
}

function unansweredBy({ code }: Refusal): Unanswered | undefined {
  if (code === 'previous_response_not_found') return 'previous-response-unknown';
  return code === 'websocket_connection_limit_reached' ? 'socket-broken' : undefined;
}

function answerOf({ status, headers, body: text }: Refusal): UpstreamAnswer {
  const body = createBodyQueue({ pause() {}, resume() {}, abort() {} });
  body.push(Buffer.from(text));
  body.finish();
  return { status, headers, body };
}
