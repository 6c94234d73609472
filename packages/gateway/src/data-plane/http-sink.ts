import type { ServerResponse } from 'node:http';
import { Failure } from '../core/failure.ts';
import type { Sink } from '../pipeline/sink.ts';

/** An HTTP answer as a sink. */
export function createHttpSink(response: ServerResponse): Sink {
  let bytesWritten = 0;

  function gone(): Failure {
    return new Failure('client-gone', 'The client closed the connection.');
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
      bytesWritten += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
      return response.write(bytes) ? undefined : drained(response, gone);
    },
    end() {
      return ended(response);
    },
    get bytesWritten() {
      return bytesWritten;
    },
  };
}

function drained(response: ServerResponse, gone: () => Failure): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      response.off('close', onClose);
      resolve();
    };
    const onClose = () => {
      response.off('drain', onDrain);
      reject(gone());
    };
    response.once('drain', onDrain);
    response.once('close', onClose);
  });
}

function ended(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve();
      return;
    }
    response.once('close', resolve);
    response.end(resolve);
  });
}
