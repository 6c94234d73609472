import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Failure } from '../../core/failure.ts';
import { encodeTextFrames } from '../../wire/websocket-frames.ts';

/** Sends messages at the client's pace. */
export interface MessageSender {
  /** Sends text messages. The promise, if any, resolves when more may be sent. Rejects with `client-gone`. */
  send(messages: readonly (Buffer | string)[]): Promise<void> | undefined;
  /** Resolves when everything has left, or the client has. */
  flushed(): Promise<void>;
  /** The client leaves messages unread. */
  readonly waiting: boolean;
}

/** More than this unread, and the sender waits. */
const highWaterBytes = 64 * 1024;
/** A client that reads nothing for this long while messages wait for it is treated as gone. */
const stalledMs = 300_000;

/**
 * Writes frames onto the connection itself, past the library: the events of a chunk leave as one piece of bytes instead of two writes each.
 * That is safe because nothing here is compressed, so the library never holds back a frame of its own.
 */
export function createMessageSender(socket: WebSocket, connection: Duplex): MessageSender {
  let last: Promise<void> = Promise.resolve();

  function write(messages: readonly (Buffer | string)[]): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => {
      connection.write(encodeTextFrames(messages), (error) => (error ? reject(gone()) : resolve()));
    });
    // Whoever waits for it hears of the failure; if nobody waits, nobody needs to.
    sent.catch(() => {});
    return sent;
  }

  function withPatience(sent: Promise<void>): Promise<void> {
    const stalled = setTimeout(() => socket.terminate(), stalledMs);
    return sent.finally(() => clearTimeout(stalled));
  }

  return {
    send(messages) {
      if (socket.readyState !== socket.OPEN) return Promise.reject(gone());
      if (messages.length === 0) return undefined;
      last = write(messages);
      return socket.bufferedAmount > highWaterBytes ? withPatience(last) : undefined;
    },
    flushed: () => withPatience(last).catch(() => {}),
    get waiting() {
      return socket.bufferedAmount > 0;
    },
  };
}

function gone(): Failure {
  return new Failure('client-gone', 'The client closed the connection.');
}
