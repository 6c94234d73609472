import { workerData } from 'node:worker_threads';
import { runStoreWorker } from './store/store-worker.ts';

/** The data that the store's thread is started with. */
function storeFileOf(data: unknown): string | undefined {
  const found = typeof data === 'object' && data !== null && 'storeFile' in data ? data.storeFile : undefined;
  return typeof found === 'string' ? found : undefined;
}

const storeFile = storeFileOf(workerData);
if (storeFile === undefined) {
  // Loaded only here: the store's thread is this file, too, and needs none of it.
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine();
} else {
  await runStoreWorker(storeFile);
}
