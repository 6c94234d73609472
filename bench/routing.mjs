// `node bench/routing.mjs [words of a case]`: what it costs to decide where a request goes, in CPU time of this process.
import { runBundled } from './run-bundled.mjs';

await runBundled('routing-load.ts', process.argv.slice(2));
