// `node bench/lanes.mjs`: what an exchange costs in either lane, in CPU time of this process.
import { runBundled } from './run-bundled.mjs';

await runBundled('lanes-load.ts');
