// `npm run test:agents [-- vitest arguments]`: installs the pinned agents outside the checkout and runs their sessions.
// Apart from `npm test` because agents are hundreds of megabytes and belong to other people.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.mjs';

install();
build();
const table = readFileSync(join(root, 'packages/gateway/test/kit/agents.json'), 'utf8');
// Agents that are native programs have a package for each platform.
const pins = JSON.parse(table.replaceAll('{platform}', `${process.platform}-${process.arch}`));
for (const pin of Object.values(pins)) installAgent(pin);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
run(process.execPath, [vitest, 'run', '--config', 'vitest.agents.config.ts', ...process.argv.slice(2)]);

/** Each version has a folder of its own, which is complete once the program is in it. None of an agent's own install scripts runs. */
function installAgent({ package: name, version, program }) {
  const cache = process.env.TURNPIKE_AGENTS ?? join(homedir(), '.cache/turnpike-agents');
  const folder = join(cache, `${name}@${version}`);
  if (existsSync(join(folder, 'node_modules', program))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  run('npm', ['install', ...quietly, `${name}@${version}`], { cwd: folder });
}
