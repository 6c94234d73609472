// `npm run build && node bench/models.mjs`: what lists of models cost, and what other requests wait meanwhile.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { cpuMicroseconds, freePort, rssKilobytes, start, stopAll } from './processes.mjs';

/** Another one can be named, to compare. */
const program = process.argv[2] ?? fileURLToPath(new URL('../packages/gateway/dist/turnpike.js', import.meta.url));
/** As Codex asks, and as everybody else does. */
const paths = { codex: '/openai/v1/models?client_version=0.169.0', others: '/openai/v1/models' };
const callers = 200;
const agent = new Agent({ keepAlive: true, maxSockets: callers });

if (isMainThread) await main();
else await watch(workerData);

async function main() {
  console.log(
    '| providers | list | bytes | first ms | again ms | others wait ms | 200 at once ms | their CPU ms | others wait ms | RSS MB |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const shapes = {
    1: fleet(1),
    20: fleet(20),
    280: fleet(280),
    'OpenRouter alone': { openrouter: entry('openrouter') },
  };
  for (const [name, providers] of Object.entries(shapes)) {
    for (const reader of Object.keys(paths))
      console.log(`| ${name} | ${reader} | ${(await measure(providers, paths[reader])).join(' | ')} |`);
  }
}

/** Entries of two vendors, as of a platform team with many accounts. */
function fleet(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => {
      const kind = at % 2 ? 'anthropic' : 'openai';
      return [`${kind}-${at}`, entry(kind)];
    }),
  );
}

function entry(kind) {
  return { kind, keys: [{ value: 'upstream-key-0123456789' }] };
}

/** Everybody may use something else. */
function keys() {
  const own = Array.from({ length: callers }, (_, at) => ({
    name: `caller-${at}`,
    value: `bench-key-${at}-0123456789`,
    deny_models: [`none-${at}`, '*-preview'],
  }));
  return [{ name: 'bench', value: 'bench-key-0123456789' }, ...own];
}

async function measure(providers, path) {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  try {
    const port = await freePort();
    const config = join(folder, 'turnpike.json');
    writeFileSync(config, JSON.stringify({ server: { port }, providers, virtual_keys: keys() }));
    const args = [program, 'serve', '--config', config, '--data', join(folder, 'data')];
    const { pid } = await start(process.execPath, args, port);
    await ask(port, '/health');
    const ends = await watcher(port);
    const first = await ask(port, path);
    const again = await ask(port, path);
    const alone = await ends();
    const crowdEnds = await watcher(port);
    const [from, cpuFrom] = [performance.now(), cpuMicroseconds([pid])];
    await Promise.all(Array.from({ length: callers }, (_, at) => ask(port, path, `bench-key-${at}-0123456789`)));
    const crowd = [performance.now() - from, (cpuMicroseconds([pid]) - cpuFrom) / 1000];
    const figures = [first.ms, again.ms, alone, ...crowd, await crowdEnds(), rssKilobytes(pid) / 1024];
    return [first.bytes, ...figures.map((figure) => figure.toFixed(0))];
  } finally {
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(port, path, key = 'bench-key-0123456789') {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    get({ port, path, agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ bytes, ms: performance.now() - from });
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}

/** Asks for nothing much all the time, from a thread of its own; tells the longest wait when it is ended. */
async function watcher(port) {
  const worker = new Worker(new URL(import.meta.url), { workerData: port });
  await once(worker, 'message');
  return async () => {
    worker.postMessage('end');
    const [longest] = await once(worker, 'message');
    await worker.terminate();
    return longest;
  };
}

async function watch(port) {
  let longest = 0;
  parentPort.once('message', () => parentPort.postMessage(longest));
  await ask(port, '/health');
  parentPort.postMessage('ready');
  for (;;) {
    const { ms } = await ask(port, '/health');
    longest = Math.max(longest, ms);
  }
}
