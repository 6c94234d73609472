import type { Frame } from '../../core/frame.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { EncodeContext } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.ts';
import { terminalOfEvent } from '../../dialects/responses/terminal.ts';
import type { Sink } from '../../pipeline/sink.ts';
import { createSseDecoder } from '../../wire/sse-decoder.ts';
import { errorMessage } from './error-message.ts';
import type { MessageSender } from './message-sender.ts';
import { createReplyTap, type TappedReply } from './reply-tap.ts';

export interface TurnSinkParts {
  readonly sender: MessageSender;
  /** For a failure that must be written anew. */
  readonly context: EncodeContext;
  /** The client is told the turn's end: it may begin another now. Called before that message leaves. */
  onOver(reply: TappedReply | undefined): void;
}

/** One turn's answer as messages: each event of the stream is one, and an error answer is one, too. */
export function createTurnSink(parts: TurnSinkParts): Sink {
  const { sender, context } = parts;
  // What comes was made or checked here: its size needs no bound.
  const decoder = createSseDecoder({ maxFrameBytes: Number.POSITIVE_INFINITY });
  const tap = createReplyTap();
  let head: { status: number; headers: Readonly<Record<string, string>> } | undefined;
  let streams = false;
  let errorBody = '';
  let bytesWritten = 0;

  function write(bytes: Buffer | string): Promise<void> | undefined {
    const piece = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    bytesWritten += piece.length;
    if (streams) return sender.send(decoder.push(piece).flatMap(messagesOf));
    errorBody += piece.toString('utf8');
    return undefined;
  }

  function messagesOf(frame: Frame): readonly (Buffer | string)[] {
    // Not every payload is an event: some vendors close with `[DONE]`.
    if (tap.over() || frame.data[0] !== openBrace) return [];
    const type = tap.watch(frame);
    if (tap.over()) parts.onOver(tap.reply());
    return type === 'error' ? failedResponse(frame, context) : [frame.data];
  }

  return {
    start(status, headers) {
      head = { status, headers };
      streams = headers['content-type']?.startsWith('text/event-stream') === true;
    },
    started: () => head !== undefined,
    write,
    async end(last) {
      if (last !== undefined) await write(last);
      if (head && !streams) {
        parts.onOver(undefined);
        await sender.send([errorMessage({ ...head, body: errorBody })]);
      }
      await sender.flushed();
    },
    bytesWritten: () => bytesWritten,
  };
}

const openBrace = 0x7b;

/**
 * Inside a stream, Codex skips an `error` event and takes the stream's end for the failure. Here no end follows:
 * it would wait for minutes.
 */
function failedResponse(frame: Frame, context: EncodeContext): readonly string[] {
  const event = parseJson(frame.data.toString('utf8'));
  const terminal = terminalOfEvent('error', isJsonObject(event) ? event : {});
  if (terminal.type !== 'reply-failed') return [];
  return dialects.responses
    .failureFrames(terminal.failure, context)
    .flatMap((failed) => ('data' in failed ? [failed.data] : []));
}
