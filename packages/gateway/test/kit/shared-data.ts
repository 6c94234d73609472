import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the repository, not in it: real requests and true answers. Tests that need them are skipped without. */
const sharedDir = process.env['TURNPIKE_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));

function folder(name: string): string | undefined {
  const path = join(sharedDir, name);
  return existsSync(path) ? path : undefined;
}

/** True answers of providers, if they are there. */
export const recordingsDir = folder('recordings');

/** Real requests of agents, if they are there. */
export const capturesDir = folder('captures');
