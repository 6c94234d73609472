import type { Reply, ReplyEvent } from '../../src/core/events.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Frame, OutFrame } from '../../src/core/frame.ts';
import type { CanonicalRequest } from '../../src/core/items.ts';
import type {
  DecodeContext,
  Dialect,
  EncodeContext,
  EncodeTarget,
  ProviderDialect,
} from '../../src/dialects/dialect.ts';
import { foldReply } from '../../src/dialects/shared/reply.ts';
import { anyName, createToolTable } from '../../src/dialects/shared/tool-table.ts';

/** A request that asks for nothing. */
export const emptyRequest: CanonicalRequest = { model: 'm', stream: true, items: [], tools: [] };

/** The provider at home in a dialect: it knows everything and gets its own seals. */
export function homeTarget(dialect: ProviderDialect, model = 'm'): EncodeTarget {
  return { model, issuer: dialect.homeIssuer ?? 'home', abilities: {}, quirks: { codexTools: true } };
}

/** Decoding an answer of the provider at home. */
export function decodeContext(dialect: ProviderDialect): DecodeContext {
  return { tools: createToolTable(emptyRequest, anyName), issuer: dialect.homeIssuer ?? 'home' };
}

/** A client's request that wishes for all that its dialect gives only when asked: Chat tells no usage otherwise. */
const wishfulRequest: CanonicalRequest = {
  ...emptyRequest,
  extra: { dialect: 'chat', fields: { stream_options: { include_usage: true } } },
};

/** Encoding for a client; ids count up, so that equal input gives equal frames. */
export function encodeContext(): EncodeContext {
  let count = 0;
  return {
    request: wishfulRequest,
    model: 'asked-model',
    createdAt: 1_700_000_000,
    newId(prefix) {
      count += 1;
      return `${prefix}${count}`;
    },
  };
}

/** Frames of an encoder as a decoder would read them off the wire. */
export function framesOf(written: readonly OutFrame[]): readonly Frame[] {
  return written.flatMap((frame) =>
    'comment' in frame ? [] : [{ event: frame.event, data: Buffer.from(frame.data, 'utf8') }],
  );
}

/** All events of a stream, its end included. */
export function decodeFrames(dialect: ProviderDialect, frames: readonly Frame[]): readonly ReplyEvent[] {
  const decoder = dialect.createReplyDecoder(decodeContext(dialect));
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** All frames for a client. */
export function encodeEvents(dialect: Dialect, events: readonly ReplyEvent[]): readonly Frame[] {
  const encoder = dialect.createReplyEncoder(encodeContext());
  return framesOf(events.flatMap((event) => encoder.push(event)));
}

/** The answer that events tell; throws the failure if they end in one. */
export function replyOf(events: readonly ReplyEvent[]): Reply {
  const reply = foldReply(events);
  if (reply instanceof Failure) throw reply;
  return reply;
}

export function isTerminal(event: ReplyEvent): boolean {
  return event.type === 'reply-done' || event.type === 'reply-failed';
}
