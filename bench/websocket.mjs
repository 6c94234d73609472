// Responses over a WebSocket: `node bench/websocket.mjs [sessions]`. Needs Linux and nginx (the fast upstream of run.mjs).
// A session of 100 turns, posted whole each time and over a socket; the same over a socket with the provider asked by HTTP and over
// a socket; what compression costs; memory of 2,000 open sockets.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { postedTurns, socketTurns } from './agent-session.mjs';
import { upstreamConfig } from './nginx.mjs';
import { cpuMicroseconds, freePort, rssKilobytes, start, startGateway, stopAll } from './processes.mjs';

const sessions = Number(process.argv[2] ?? 20);
const turns = 100;
const many = 2000;
const authorization = 'Bearer bench-key-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
// nginx started by root works as another user.
chmodSync(folder, 0o755);

try {
  console.log(
    '| model | wire | gateway CPU us per turn | KB up per turn | KB down per turn |\n| --- | --- | --- | --- | --- |',
  );
  for (const model of ['openai/gpt-5.5', 'claude/claude-sonnet-4-5']) console.log(await measureSessions(model));
  console.log(
    '\n| towards the provider | gateway CPU us per turn | KB to the provider per turn | ms per turn |\n| --- | --- | --- | --- |',
  );
  console.log(await measureProviderSide());
  console.log(await measureOpenSockets());
  console.log(
    '\n| compression | CPU us per turn | KB up per turn | KB down per turn | KB of memory per socket |\n| --- | --- | --- | --- | --- |',
  );
  const variants = ['off', 'each message by itself', 'client keeps its window', 'both keep their windows'];
  for (const variant of variants) console.log(await measureCompression(variant));
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}

/** Both wires in turn, session by session, on one gateway: what else the machine does then disturbs both alike. The median of the sessions. */
async function measureSessions(model) {
  const upstreamPort = await freePort();
  await start('nginx', ['-p', folder, '-c', upstreamConfig(folder, upstreamPort)], upstreamPort);
  const gateway = await startGateway(folder, upstreamPort);
  const wires = [
    { name: 'HTTP', session: postSession(model), costs: [], bytes: { up: 0, down: 0 } },
    { name: 'WebSocket', session: socketSession(model), costs: [], bytes: { up: 0, down: 0 } },
  ];
  for (const { session } of wires) for (let warm = 0; warm < 3; warm += 1) await session(gateway.url);
  for (let count = 0; count < sessions; count += 1) {
    for (const wire of wires) {
      const before = cpuMicroseconds([gateway.pid]);
      wire.bytes = await wire.session(gateway.url);
      wire.costs.push((cpuMicroseconds([gateway.pid]) - before) / turns);
    }
  }
  await stopAll();
  return wires
    .map(
      ({ name, costs, bytes }) =>
        `| ${model} | ${name} | ${median(costs).toFixed(0)} | ${perTurn(bytes.up)} | ${perTurn(bytes.down)} |`,
    )
    .join('\n');
}

/** The agent speaks over a socket both times. The provider is written in JavaScript, as it must speak both: it counts what it gets. */
async function measureProviderSide() {
  const upstreamPort = await freePort();
  const upstream = fileURLToPath(new URL('./socket-upstream.mjs', import.meta.url));
  makeCertificate();
  await start(process.execPath, [upstream, String(upstreamPort), folder], upstreamPort);
  const env = { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') };
  const gateway = await startGateway(folder, upstreamPort, { scheme: 'https', env });
  const legs = [
    { name: 'HTTP', session: socketSession('openai/gpt-5.5'), costs: [], times: [], bytes: 0 },
    { name: 'WebSocket', session: socketSession('carried/gpt-5.5'), costs: [], times: [], bytes: 0 },
  ];
  for (const { session } of legs) for (let warm = 0; warm < 3; warm += 1) await session(gateway.url);
  for (let count = 0; count < sessions; count += 1) {
    for (const leg of legs) {
      const received = await receivedBytes(upstreamPort);
      const cpu = cpuMicroseconds([gateway.pid]);
      const begin = performance.now();
      await leg.session(gateway.url);
      leg.times.push((performance.now() - begin) / turns);
      leg.costs.push((cpuMicroseconds([gateway.pid]) - cpu) / turns);
      leg.bytes = (await receivedBytes(upstreamPort)) - received;
    }
  }
  await stopAll();
  return legs
    .map(({ name, costs, times, bytes }) => {
      const figures = [median(costs).toFixed(0), perTurn(bytes), median(times).toFixed(2)];
      return `| ${name} | ${figures.join(' | ')} |`;
    })
    .join('\n');
}

function makeCertificate() {
  const where = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const what = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...what, ...where, ...who], { stdio: 'ignore' });
}

function receivedBytes(port) {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/bytes', agent: false, rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => (text += piece));
      answer.on('end', () => resolve(Number(text)));
    }).on('error', reject);
  });
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function perTurn(bytes) {
  return (bytes / turns / 1024).toFixed(1);
}

function postSession(model) {
  const bodies = postedTurns(model, turns, callItems);
  return async (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let socket;
    for (const body of bodies) socket = await post(agent, url, body);
    const bytes = { up: socket.bytesWritten, down: socket.bytesRead };
    agent.destroy();
    return bytes;
  };
}

/** What a real upstream would have answered, for the history. */
function callItems(step) {
  return [
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'word '.repeat(92), annotations: [] }],
    },
    { type: 'function_call', call_id: `call_${step}`, name: 'tool_1', arguments: '{"cmd":"ls"}' },
  ];
}

function post(agent, url, body) {
  const { hostname, port } = new URL(url);
  const headers = { 'content-type': 'application/json', authorization, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request({ agent, hostname, port, path: '/openai/v1/responses', method: 'POST', headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      const { socket } = answer;
      answer.resume().on('end', () => resolve(socket));
    });
    call.on('error', reject);
    call.end(body);
  });
}

function socketSession(model) {
  return async (url) => {
    const socket = await open(url.replace('http', 'ws') + '/openai/v1/responses');
    let previous;
    for (const message of turnsAfter(model)) previous = await ask(socket, message(previous));
    const bytes = bytesOf(socket);
    socket.terminate();
    return bytes;
  };
}

/** Response ids are known only when they come. */
function turnsAfter(model) {
  return socketTurns(model, turns, 'PREVIOUS').map((text) => (previous) => text.replace('"PREVIOUS"', `"${previous}"`));
}

function open(url, compress) {
  const socket = new WebSocket(url, {
    headers: { authorization },
    perMessageDeflate: compress ? { threshold: 0 } : false,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends a message and gives the id of the response when it is complete. */
function ask(socket, message) {
  return new Promise((resolve, reject) => {
    const onMessage = (data) => {
      if (data.includes('"type":"error"')) reject(new Error(data.toString()));
      if (!data.includes('"type":"response.completed"')) return;
      socket.off('message', onMessage);
      resolve(JSON.parse(data).response.id);
    };
    socket.on('message', onMessage);
    socket.send(message);
  });
}

function bytesOf(socket) {
  const { bytesWritten, bytesRead } = socket._socket;
  return { up: bytesWritten, down: bytesRead };
}

/** Sockets that were warmed up as Codex does, and then wait; and the same with an answer that has begun. */
async function measureOpenSockets() {
  const upstreamPort = await freePort();
  const upstream = fileURLToPath(new URL('./waiting-upstream.mjs', import.meta.url));
  await start(process.execPath, [upstream, String(upstreamPort)], upstreamPort);
  const gateway = await startGateway(folder, upstreamPort);
  const model = 'openai/gpt-5.5';
  const [first] = socketTurns(model, 1);
  const warmUp = JSON.stringify({ ...JSON.parse(first), generate: false });
  const url = `${gateway.url.replace('http', 'ws')}/openai/v1/responses`;
  const openAll = async (count) => {
    const sockets = [];
    while (sockets.length < count) {
      const batch = Array.from({ length: Math.min(20, count - sockets.length) }, () => open(url));
      sockets.push(...(await Promise.all(batch)));
    }
    return sockets;
  };
  await Promise.all((await openAll(50)).map((socket) => ask(socket, warmUp)));
  const grown = async (before) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return ((rssKilobytes(gateway.pid) - before) / many).toFixed(0);
  };
  const before = rssKilobytes(gateway.pid);
  const sockets = await openAll(many);
  const opened = await grown(before);
  for (const socket of sockets) await ask(socket, warmUp);
  const warmed = await grown(before);
  for (const socket of sockets) {
    socket.send(first);
    await new Promise((resolve) => socket.once('message', resolve));
  }
  const streaming = await grown(before);
  for (const socket of sockets) socket.terminate();
  await stopAll();
  return `\n${many} sockets: ${opened} KB RSS each when open, ${warmed} KB with ${(warmUp.length / 1024).toFixed(0)} KB seen, ${streaming} KB with an answer that has begun (${Math.round(before / 1024)} MB before)`;
}

async function measureCompression(variant) {
  const port = await freePort();
  const server = fileURLToPath(new URL('./deflate-server.mjs', import.meta.url));
  const { pid } = await start(process.execPath, [server, String(port), variant], port);
  const url = `ws://127.0.0.1:${port}`;
  const messages = socketTurns('gpt-5.5', turns, 'resp_1');
  const session = async () => {
    const socket = await open(url, variant !== 'off');
    for (const message of messages) await ask(socket, message);
    return socket;
  };
  for (let warm = 0; warm < 3; warm += 1) (await session()).terminate();
  const before = cpuMicroseconds([pid]);
  let bytes = { up: 0, down: 0 };
  for (let count = 0; count < sessions; count += 1) {
    const socket = await session();
    bytes = bytesOf(socket);
    socket.terminate();
  }
  const cpu = (cpuMicroseconds([pid]) - before) / (sessions * turns);
  const empty = rssKilobytes(pid);
  const idle = [];
  for (let count = 0; count < 500; count += 1) {
    const socket = await open(url, variant !== 'off');
    await ask(socket, messages[1]);
    idle.push(socket);
  }
  const memory = (rssKilobytes(pid) - empty) / idle.length;
  for (const socket of idle) socket.terminate();
  await stopAll();
  return `| ${variant} | ${cpu.toFixed(0)} | ${perTurn(bytes.up)} | ${perTurn(bytes.down)} | ${memory.toFixed(0)} |`;
}
