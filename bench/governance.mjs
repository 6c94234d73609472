// `node bench/governance.mjs`: what authentication, budgets and rate limits cost a request, in CPU time of this process.
import { runBundled } from './run-bundled.mjs';

await runBundled('governance-load.ts');
