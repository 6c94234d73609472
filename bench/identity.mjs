// `node bench/identity.mjs`: time and memory of a hundred thousand virtual keys, and what it takes to know a caller.
import { runBundled } from './run-bundled.mjs';

await runBundled('identity-load.ts');
