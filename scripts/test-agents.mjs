// `npm run test:agents [-- vitest arguments]`: installs the pinned agents outside the checkout and runs their sessions.
// Apart from `npm test` because agents are hundreds of megabytes and belong to other people.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.mjs';

install();
build();
const pins = JSON.parse(readFileSync(join(root, 'packages/gateway/test/kit/agents.json'), 'utf8'));
for (const pin of Object.values(pins)) installAgent(pin);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
run(process.execPath, [vitest, 'run', '--config', 'vitest.agents.config.ts', ...process.argv.slice(2)]);

/** Each version has a folder of its own, which is complete once the program is in it. */
function installAgent({ package: name, version, command }) {
  const cache = process.env.TURNPIKE_AGENTS ?? join(homedir(), '.cache/turnpike-agents');
  const folder = join(cache, `${name}@${version}`);
  if (existsSync(join(folder, 'node_modules/.bin', command))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`], { cwd: folder });
}
