import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { Failure } from '../../core/failure.ts';

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

/** `connection` is what `socket` lies on: messages that belong together leave it in one write. */
export function createMessageSender(socket: WebSocket, connection: Duplex): MessageSender {
  let last: Promise<void> = Promise.resolve();

  function sendAll(messages: readonly (Buffer | string)[]): Promise<void> {
    connection.cork();
    const sent = new Promise<void>((resolve, reject) => {
      messages.forEach((message, index) => {
        const isLast = index === messages.length - 1;
        socket.send(message, text, isLast ? (error) => (error ? reject(gone()) : resolve()) : undefined);
      });
    });
    connection.uncork();
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
      last = sendAll(messages);
      return socket.bufferedAmount > highWaterBytes ? withPatience(last) : undefined;
    },
    flushed: () => withPatience(last).catch(() => {}),
    get waiting() {
      return socket.bufferedAmount > 0;
    },
  };
}

/** Never compressed: events are small and many, and each socket's compressor would take a quarter of a megabyte. */
const text = { binary: false, compress: false };

function gone(): Failure {
  return new Failure('client-gone', 'The client closed the connection.');
}
