import { type ExchangePorts, exchange } from '../../pipeline/exchange.ts';
import type { Continuation, Inbound } from '../../pipeline/inbound.ts';
import type { EncodeContext } from '../../dialects/dialect.ts';
import { type Peek, stringField } from '../../wire/peek.ts';
import { callerOf, sessionOf } from '../caller.ts';
import { bodyTooLarge } from '../read-body.ts';
import type { History } from './histories.ts';
import type { MessageSender } from './message-sender.ts';
import type { TappedReply } from './reply-tap.ts';
import { type AssembledTurn, assembleTurn, headersOfTurn } from './turn-frame.ts';
import { createTurnSink } from './turn-sink.ts';

/** Who holds the socket, as its handshake told. */
export type TurnCaller = Pick<Inbound, 'headers' | 'credentials' | 'agent'>;

export interface Turn {
  /** The `response.create` message. */
  readonly peek: Peek;
  /** Items that come before it. */
  readonly history: History;
  /** With what answers are written that come from no exchange. */
  readonly context: EncodeContext;
}

export interface TurnParts {
  readonly caller: TurnCaller;
  readonly ports: ExchangePorts;
  readonly sender: MessageSender;
  /** Aborted when the agent's socket closes. */
  readonly life: AbortSignal;
  readonly signal: AbortSignal;
  /** The turn's body is there. */
  onAssembled(turn: AssembledTurn): void;
  /** The client is about to be told the end. */
  onOver(reply: TappedReply | undefined): void;
}

/** Runs a turn as the exchange that it is. Never throws. */
export function runTurn(turn: Turn, parts: TurnParts): Promise<void> {
  const { ports, sender } = parts;
  const sink = createTurnSink({ sender, context: turn.context, onOver: (reply) => parts.onOver(reply) });
  return exchange(inboundOf(turn, parts), sink, ports);
}

function inboundOf(turn: Turn, parts: TurnParts): Inbound {
  const { caller, ports, signal } = parts;
  const headers = headersOfTurn(caller.headers, turn.peek);
  const responseId = stringField(turn.peek, 'previous_response_id');
  let continuation: Continuation | undefined;
  const onAssembled = (assembled: AssembledTurn): void => {
    if (responseId !== undefined) continuation = { responseId, ...assembled.repeated };
    parts.onAssembled(assembled);
  };
  return {
    id: ports.newId('ex_'),
    receivedAt: ports.clock.now(),
    receivedMonotonicMs: ports.clock.monotonicMs(),
    dialect: 'responses',
    wire: 'websocket',
    credentials: caller.credentials,
    ...callerOf(caller.headers),
    ...sessionOf(headers),
    headers,
    readBody: bodyReader(turn, ports.snapshot().limits.maxBodyBytes, onAssembled),
    channel: { life: parts.life, continuation: () => continuation },
    signal,
  };
}

/** The inbound request lives as long as the answer: what its body was made of is let go. */
function bodyReader(
  turn: Turn,
  maxBytes: number,
  onAssembled: (assembled: AssembledTurn) => void,
): () => Promise<Buffer> {
  let waiting: Turn | undefined = turn;
  return async () => {
    const assembled = takeTurn();
    if (assembled.body.length > maxBytes) throw bodyTooLarge(maxBytes);
    onAssembled(assembled);
    return assembled.body;
  };

  function takeTurn(): AssembledTurn {
    if (!waiting) throw new TypeError('the body of a turn was read twice');
    const { peek, history } = waiting;
    waiting = undefined;
    return assembleTurn(peek, history);
  }
}

/** Throws `request-malformed` where the model's name is no text. */
export function contextOfTurn(peek: Peek, ports: Pick<ExchangePorts, 'clock' | 'newId'>): EncodeContext {
  return {
    model: stringField(peek, 'model') ?? '',
    createdAt: Math.floor(ports.clock.now() / 1000),
    newId: (prefix) => ports.newId(prefix),
  };
}
