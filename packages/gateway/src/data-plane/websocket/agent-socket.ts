import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { asFailure, Failure } from '../../core/failure.ts';
import type { ExchangePorts } from '../../pipeline/exchange.ts';
import { booleanField, type Peek, peekObject, stringField } from '../../wire/peek.ts';
import { agentOf } from '../caller.ts';
import { credentialsOf } from '../credentials.ts';
import { failureMessage, refusalMessage } from './error-message.ts';
import type { Histories } from './histories.ts';
import { createMessageSender } from './message-sender.ts';
import { prewarmMessages } from './prewarm.ts';
import { contextOfTurn, runTurn, type Turn } from './run-turn.ts';
import { assembleTurn } from './turn-frame.ts';

/** An agent's open socket. */
export interface AgentSocket {
  /** To be called every half minute: asks for a sign of life, and hangs up on who is dead or has long said nothing. */
  beat(): void;
  /** Hangs up as soon as the running answer has ended. */
  end(): void;
  /** Hangs up now. */
  terminate(): void;
}

export interface AgentSocketParts {
  readonly socket: WebSocket;
  /** The request that opened it. */
  readonly request: IncomingMessage;
  readonly ports: ExchangePorts;
  readonly histories: Histories;
}

/** After this long the agent is asked to connect again, as OpenAI does: so that sockets spread over new replicas in time. */
const maxAgeMs = 60 * 60_000;
/** Codex opens a new socket without a word when it needs one. */
const maxSilenceMs = 60 * 60_000;
const maxMissedPings = 2;
const goingAway = 1001;
const nothing: Buffer = Buffer.alloc(0);

/** Serves a socket: each `response.create` is an exchange like any posted request, one at a time. */
export function serveAgentSocket({ socket, request, ports, histories }: AgentSocketParts): AgentSocket {
  const { clock } = ports;
  const { headers } = request;
  const credentials = credentialsOf(request, ports.snapshot().trustedProxies);
  const caller = { headers, agent: agentOf(headers), credentials };
  const sender = createMessageSender(socket, request.socket);
  const life = new AbortController();
  const openedMs = clock.monotonicMs();
  /** Exchanges that are not yet recorded, to be ended when the client leaves. */
  const running = new Set<AbortController>();
  /** The one whose answer has not ended for the client. */
  let answering: AbortController | undefined;
  let askedMs = openedMs;
  let missedPings = 0;
  let ending = false;

  function tell(...messages: readonly string[]): void {
    sender.send(messages)?.catch(() => {});
  }

  function onMessage(data: RawData, isBinary: boolean): void {
    missedPings = 0;
    askedMs = clock.monotonicMs();
    try {
      receive(data, isBinary);
    } catch (thrown) {
      tellFailure(thrown);
    }
  }

  function tellFailure(thrown: unknown): void {
    tell(failureMessage(asFailure(thrown, ports.newId('defect_')), caller.agent));
  }

  function receive(data: RawData, isBinary: boolean): void {
    if (isBinary || !Buffer.isBuffer(data)) throw new Failure('request-malformed', 'Messages must be text.');
    const peek = peekObject(data);
    // Others are of no consequence here, such as `response.processed` of older Codex.
    if (stringField(peek, 'type') !== 'response.create') return;
    if (answering) {
      tell(refusalMessage('response_already_in_flight', 'This socket is still answering: one response at a time.'));
    } else if (askedMs - openedMs > maxAgeMs) {
      tell(refusalMessage('websocket_connection_limit_reached', 'This socket has been open for long: connect again.'));
      end();
    } else {
      begin(peek);
    }
  }

  function begin(peek: Peek): void {
    const previous = stringField(peek, 'previous_response_id');
    const history = previous === undefined ? [] : histories.recall(socket, previous);
    if (!history) {
      tell(refusalMessage('previous_response_not_found', `Previous response with id '${previous}' not found.`));
      return;
    }
    const turn = { peek, history, context: contextOfTurn(peek, ports) };
    if (booleanField(peek, 'generate') === false) prewarm(turn);
    else generate(turn);
  }

  /** Costs nothing and reaches nobody, so it is no exchange. */
  function prewarm(turn: Turn): void {
    const principal = ports.identity.authenticate(caller.credentials);
    if (!(principal instanceof Promise)) return warm(turn);
    const departure = new AbortController();
    answering = departure;
    principal
      .then(() => warm(turn))
      .catch((thrown: unknown) => tellFailure(thrown))
      .finally(() => over(departure));
  }

  function warm({ peek, history, context }: Turn): void {
    const id = ports.newId('resp_');
    histories.remember(socket, id, [assembleTurn(peek, history).items]);
    tell(...prewarmMessages(id, context));
  }

  function generate(turn: Turn): void {
    const departure = new AbortController();
    // What lives as long as the answer must not hold the turn, which holds the message.
    const continues = turn.history.length > 0;
    let items = nothing;
    answering = departure;
    running.add(departure);
    const done = runTurn(turn, {
      caller,
      ports,
      sender,
      life: life.signal,
      signal: departure.signal,
      onAssembled(assembled) {
        items = assembled.items;
        if (continues) histories.rebase(socket, assembled.before);
      },
      onOver(reply) {
        if (reply) histories.remember(socket, reply.id, [items, ...reply.items]);
        items = nothing;
        over(departure);
      },
    });
    void done.finally(() => {
      running.delete(departure);
      over(departure);
      if (ending) hangUpIfIdle();
    });
  }

  function over(departure: AbortController): void {
    if (answering === departure) answering = undefined;
  }

  function beat(): void {
    if (!answering && clock.monotonicMs() - askedMs > maxSilenceMs) return end();
    // A client that is slow to read answers pings late: its patience is measured by the sender.
    if (sender.waiting) return;
    if (missedPings === maxMissedPings) return socket.terminate();
    missedPings += 1;
    socket.ping();
  }

  function end(): void {
    ending = true;
    hangUpIfIdle();
  }

  function hangUpIfIdle(): void {
    if (running.size === 0) socket.close(goingAway);
  }

  socket.on('message', onMessage);
  socket.on('pong', () => {
    missedPings = 0;
  });
  socket.on('close', () => {
    histories.forget(socket);
    life.abort();
    for (const departure of running) departure.abort();
  });
  return { beat, end, terminate: () => socket.terminate() };
}
