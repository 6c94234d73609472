// `node bench/governance.mjs`: what authentication, budgets and rate limits cost a request, in CPU time of this process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
try {
  const file = join(folder, 'governance.mjs');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('governance-load.ts', import.meta.url)),
    platform: 'node',
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
