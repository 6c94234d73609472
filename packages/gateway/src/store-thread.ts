// The program of the store's thread. A file of its own, for it needs next to nothing of what the gateway does.
import { workerData } from 'node:worker_threads';
import { runStoreWorker } from './store/store-worker.ts';

/** The file that the thread was started for. */
function storeFileOf(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'storeFile' in data) return String(data.storeFile);
  throw new Error('This is the thread of the store; turnpike.js is the program.');
}

await runStoreWorker(storeFileOf(workerData));
