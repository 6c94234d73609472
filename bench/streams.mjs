// Memory of many open streams: an upstream that begins to answer and then waits, and clients that read along.
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort, rssKilobytes, start, startGateway } from './processes.mjs';
import { loads } from './loads.mjs';

const count = 2000;

export async function measureStreams(folder) {
  const port = await freePort();
  await start(
    process.execPath,
    [fileURLToPath(new URL('./waiting-upstream.mjs', import.meta.url)), String(port)],
    port,
  );
  const lines = [];
  for (const load of loads.filter((each) => each.path.endsWith('/responses'))) {
    const gateway = await startGateway(folder, port);
    lines.push(await openMany(gateway, load));
  }
  return lines.join('\n');
}

async function openMany(gateway, load) {
  // Warm with a few, so that code and connections' fixed costs are not counted as the streams'.
  const warm = await openStreams(gateway, load, 50);
  const before = rssKilobytes(gateway.pid);
  const open = await openStreams(gateway, load, count);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const grown = rssKilobytes(gateway.pid) - before;
  for (const call of [...warm, ...open]) call.destroy();
  return `${load.name}: ${count} open streams, ${(grown / count).toFixed(0)} KB RSS each (${Math.round(before / 1024)} MB before)`;
}

async function openStreams(gateway, load, wanted) {
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  const calls = [];
  while (calls.length < wanted) {
    const batch = Array.from({ length: Math.min(20, wanted - calls.length) }, () => openOne(gateway, load, agent));
    calls.push(...(await Promise.all(batch)));
  }
  return calls;
}

function openOne(gateway, load, agent) {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: 'Bearer bench-key-0123456789',
      'content-length': Buffer.byteLength(load.body),
    };
    const call = request({ agent, hostname, port, path: load.path, method: 'POST', headers }, (answer) => {
      answer.on('error', () => {});
      answer.once('data', () => resolve(call));
    });
    call.on('error', reject);
    call.end(load.body);
  });
}
