// Starting and watching the programs of the benchmark.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../packages/gateway/dist/turnpike.js', import.meta.url));
const running = [];
/** The kernel counts CPU time in these. */
const ticksPerSecond = 100;

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a program and waits until its port answers. */
export async function start(command, args, port, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  running.push(child);
  await portOpens(port);
  return child;
}

export async function startGateway(folder, upstreamPort, { scheme = 'http', env = {} } = {}) {
  const port = await freePort();
  const config = join(folder, 'turnpike.json');
  writeFileSync(
    config,
    JSON.stringify({
      server: { port },
      providers: {
        openai: {
          base_url: `${scheme}://127.0.0.1:${upstreamPort}/v1`,
          speaks: ['responses', 'chat'],
          keys: [{ value: 'upstream-key-0123456789' }],
        },
        carried: {
          kind: 'openai',
          base_url: `${scheme}://127.0.0.1:${upstreamPort}/v1`,
          keys: [{ value: 'upstream-key-0123456789' }],
          websocket: 'on',
        },
        claude: {
          kind: 'anthropic',
          base_url: `${scheme}://127.0.0.1:${upstreamPort}`,
          keys: [{ value: 'upstream-key-0123456789' }],
        },
      },
      virtual_keys: [{ name: 'bench', value: 'bench-key-0123456789' }],
    }),
  );
  const begin = performance.now();
  // Its log goes where a service's log would go: to a pipe that somebody reads.
  const child = spawn(
    process.execPath,
    [program, 'serve', '--config', config, '--data', join(folder, `data-${port}`)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
  child.stdout.resume();
  running.push(child);
  await portOpens(port, 5);
  return { pid: child.pid, url: `http://127.0.0.1:${port}`, startupMs: Math.round(performance.now() - begin) };
}

async function portOpens(port, everyMs = 20) {
  for (let tries = 0; tries < 1000; tries += 1) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.end());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`nothing listens on port ${port}`);
}

export async function stopAll() {
  for (const child of running.splice(0)) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(impatience);
  }
}

/** A process and its children (nginx works in one). */
export function treeOf(pid) {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
  return [pid, ...children];
}

function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid) {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return -1;
  }
}

/** User and system time of all threads, in microseconds. */
export function cpuMicroseconds(pids) {
  return pids.reduce((sum, pid) => {
    const stat = statOf(pid);
    return sum + ((Number(stat[11]) + Number(stat[12])) * 1e6) / ticksPerSecond;
  }, 0);
}

export function rssKilobytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
