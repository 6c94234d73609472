// Bundles a load that is written in TypeScript and runs it in a process of its own, with garbage collection at hand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** `words`: what the load is told on its command line. */
export async function runBundled(input, words = []) {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  try {
    const file = join(folder, 'load.mjs');
    const bundle = await rolldown({ input: fileURLToPath(new URL(input, import.meta.url)), platform: 'node' });
    await bundle.write({ file, format: 'esm', codeSplitting: false });
    await bundle.close();
    const { status } = spawnSync(process.execPath, ['--expose-gc', file, ...words], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
