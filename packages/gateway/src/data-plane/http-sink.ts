import type { ServerResponse } from 'node:http';
import { Failure } from '../core/failure.ts';
import type { Sink } from '../pipeline/sink.ts';

/** An HTTP answer as a sink. */
export function createHttpSink(response: ServerResponse): Sink {
  let bytesWritten = 0;

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
    get started() {
      return response.headersSent;
    },
    write(bytes) {
      if (response.destroyed) return Promise.reject(gone());
      count(bytes);
      return response.write(bytes) ? undefined : drained(response, gone);
    },
    end(last) {
      if (last !== undefined) count(last);
      return ended(response, last);
    },
    get bytesWritten() {
      return bytesWritten;
    },
  };
}

/** A client that reads nothing for this long while bytes wait for it is treated as gone. */
const stalledMs = 300_000;

function drained(response: ServerResponse, gone: () => Failure): Promise<void> {
  return new Promise((resolve, reject) => {
    const stalled = setTimeout(() => response.destroy(), stalledMs);
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
    response.once('close', resolve);
    response.end(last, resolve);
  });
}
