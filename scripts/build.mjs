// Bundles the gateway into one file. Native optional packages, and modules of other runtimes, stay outside: they are loaded only where they are.
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { program, root } from './prepare.mjs';

rmSync(join(root, 'packages/gateway/dist'), { recursive: true, force: true });
const bundle = await rolldown({
  input: join(root, 'packages/gateway/src/main.ts'),
  platform: 'node',
  external: ['libsql', 'bun:sqlite', 'pg-native', 'pg-cloudflare', 'cloudflare:sockets'],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({
  file: program,
  format: 'esm',
  codeSplitting: false,
  minify: { compress: true, mangle: false, codegen: true },
  banner: '#!/usr/bin/env node',
});
await bundle.close();
chmodSync(program, 0o755);
