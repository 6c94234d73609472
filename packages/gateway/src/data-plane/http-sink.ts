import type { ServerResponse } from 'node:http';
import { Failure } from '../core/failure.ts';
import type { Sink } from '../pipeline/sink.ts';

/** An HTTP answer as a sink. */
export function createHttpSink(response: ServerResponse): Sink {
  let bytesWritten = 0;
  /** One wait for all who write before the client reads on: signs of life do not wait for each other. */
  let draining: Promise<void> | undefined;

  function gone(): Failure {
    return new Failure('client-gone', 'The client closed the connection.');
  }

  function count(bytes: Buffer | string): void {
    bytesWritten += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
  }

  return {
    start(status, headers) {
      response.writeHead(status, headers);
    },
    started: () => response.headersSent,
    write(bytes) {
      if (response.destroyed) return Promise.reject(gone());
      count(bytes);
      if (response.write(bytes)) return undefined;
      draining ??= drained(response, gone).finally(() => {
        draining = undefined;
      });
      return draining;
    },
    end(last) {
      if (last !== undefined) count(last);
      return ended(response, last);
    },
    cut() {
      response.destroy();
    },
    bytesWritten: () => bytesWritten,
  };
}

/** A client that reads nothing for this long while bytes wait for it is treated as gone. */
const stalledMs = 300_000;

/** The slowest client that is waited for when much waits: 16 KB a second. */
const slowestBytesPerMs = 16;

/** Ends a wait for a client that has stopped reading. */
function letGoWhenStalled(response: ServerResponse): NodeJS.Timeout {
  return setTimeout(() => response.destroy(), stalledMs + response.writableLength / slowestBytesPerMs);
}

function drained(response: ServerResponse, gone: () => Failure): Promise<void> {
  return new Promise((resolve, reject) => {
    const stalled = letGoWhenStalled(response);
    const onDrain = () => {
      clearTimeout(stalled);
      response.off('close', onClose);
      resolve();
    };
    const onClose = () => {
      clearTimeout(stalled);
      response.off('drain', onDrain);
      reject(gone());
    };
    response.once('drain', onDrain);
    response.once('close', onClose);
  });
}

function ended(response: ServerResponse, last: Buffer | string | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(stalled);
      resolve();
    };
    response.once('close', done);
    response.end(last, done);
    const stalled = letGoWhenStalled(response);
  });
}
