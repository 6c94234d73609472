// Makes a checkout ready: installs what the lock file says, once, and builds when sources are newer than the build.
// Needs nothing but Node and npm, so that `npm start` and `npm test` are each the only command on a fresh clone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const program = join(root, 'packages/gateway/dist/turnpike.js');

/** Runs a command in the checkout and stops this process with its exit code if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs the packages unless this very lock file, for this Node, was installed before. */
export function install() {
  const [major] = process.versions.node.split('.');
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = `${createHash('sha256').update(lock).digest('hex')} node ${major}`;
  const stamp = join(root, 'node_modules/.turnpike-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // Not `npm ci`: it refuses a lock that lacks optional packages of other platforms, and a mirror may not have them. `--no-save` keeps the lock as it is.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Builds the program unless it is newer than everything it is made of. */
export function build() {
  const sources = [
    'packages/contract',
    'packages/gateway/src',
    'packages/gateway/package.json',
    'package-lock.json',
    'scripts',
  ];
  const newest = Math.max(...sources.map((path) => newestChange(join(root, path))));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return;
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
}

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(path).filter((name) => name !== 'node_modules');
  return Math.max(0, ...inside.map((name) => newestChange(join(path, name))));
}
