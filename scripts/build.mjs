// Bundles the gateway into one file, and its store's thread into another: that needs little, and would otherwise hold a copy of all of it.
// Native optional packages, and modules of other runtimes, stay outside: they are loaded only where they are.
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { program, root } from './prepare.mjs';

const folder = dirname(program);
rmSync(folder, { recursive: true, force: true });
// The program comes last: it is what tells that the build is whole.
await build('store-thread.ts', join(folder, 'store-thread.js'));
await build('main.ts', program, '#!/usr/bin/env node');
chmodSync(program, 0o755);

async function build(source, file, banner = '') {
  const bundle = await rolldown({
    input: join(root, 'packages/gateway/src', source),
    platform: 'node',
    external: ['libsql', 'bun:sqlite', 'pg-native', 'pg-cloudflare', 'cloudflare:sockets'],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await bundle.write({
    file,
    format: 'esm',
    codeSplitting: false,
    minify: { compress: true, mangle: false, codegen: true },
    banner,
  });
  await bundle.close();
}
