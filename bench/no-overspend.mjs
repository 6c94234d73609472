// `npm run build && node bench/no-overspend.mjs [memory] [postgres] [redis]`: whole gateways spend one budget at once and are killed at it.
// Needs PostgreSQL and Redis or Valkey on this machine, as the tests do. Ends with status 1 where anything was overspent, lost or left held.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

// Where the program finds its packages.
const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'no-overspend-'));
try {
  // A copy: whoever builds meanwhile must not change what is measured.
  cpSync(fileURLToPath(new URL('../packages/gateway/dist', import.meta.url)), folder, { recursive: true });
  const file = join(folder, 'no-overspend.mjs');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('no-overspend-load.ts', import.meta.url)),
    platform: 'node',
    external: ['pg-native', 'better-sqlite3'],
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  const args = [file, join(folder, 'turnpike.js'), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
