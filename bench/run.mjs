// The benchmark: `node bench/run.mjs [seconds per load]`. Needs Linux, nginx and wrk (Debian: nginx-light, wrk).
// Everything runs on this machine, each program in its own process: a fast upstream (nginx, fixed answers), the gateway,
// nginx as a plain reverse proxy for comparison, and wrk as the load. CPU comes from /proc, so it does not matter that they share cores.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loads } from './loads.mjs';
import { measureLatency } from './paced-load.mjs';
import { cpuMicroseconds, freePort, rssKilobytes, start, startGateway, stopAll, treeOf } from './processes.mjs';
import { measureStreams } from './streams.mjs';
import { proxyConfig, upstreamConfig } from './nginx.mjs';
import { runWrk } from './wrk.mjs';

const seconds = Number(process.argv[2] ?? 8);
const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
// nginx started by root works as another user.
chmodSync(folder, 0o755);

try {
  const upstreamPort = await freePort();
  const proxyPort = await freePort();
  await start('nginx', ['-p', folder, '-c', upstreamConfig(folder, upstreamPort)], upstreamPort);
  const proxy = await start('nginx', ['-p', folder, '-c', proxyConfig(folder, proxyPort, upstreamPort)], proxyPort);
  const gateway = await startGateway(folder, upstreamPort);

  const rows = [];
  for (const load of loads) rows.push(await measure(load, proxy, gateway, proxyPort));
  console.log(table(rows));
  console.log(
    `gateway: ${gateway.startupMs} ms from spawn to listening, RSS after the loads ${Math.round(rssKilobytes(gateway.pid) / 1024)} MB`,
  );
  console.log(await measureStreams(folder));
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(load, proxy, gateway, proxyPort) {
  const viaProxy = await underLoad(load, `http://127.0.0.1:${proxyPort}${load.proxyPath}`, proxy.pid);
  const viaGateway = await underLoad(load, `${gateway.url}${load.path}`, gateway.pid);
  const rate = Math.max(20, Math.floor(viaGateway.perSecond / 2));
  const paced = (url, path) => measureLatency({ url, path, body: load.body, rate, seconds: Math.max(3, seconds / 2) });
  const base = await paced(`http://127.0.0.1:${proxyPort}`, load.proxyPath);
  const ours = await paced(gateway.url, load.path);
  return { load, viaProxy, viaGateway, base, ours, rate };
}

async function underLoad(load, url, pid) {
  const script = join(folder, `${load.name}.lua`);
  writeFileSync(join(folder, `${load.name}.json`), load.body);
  writeFileSync(script, wrkScript(load));
  await runWrk(url, script, 2);
  const before = cpuMicroseconds(treeOf(pid));
  const result = await runWrk(url, script, seconds);
  const cpu = cpuMicroseconds(treeOf(pid)) - before;
  return { ...result, cpuPerRequest: cpu / result.requests, rss: rssKilobytes(pid) };
}

function wrkScript(load) {
  return `wrk.method = "POST"
local file = io.open("${join(folder, `${load.name}.json`)}", "rb")
wrk.body = file:read("*a")
file:close()
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer bench-key-0123456789"
`;
}

function table(rows) {
  const head = [
    'load',
    'body',
    'nginx us',
    'gateway us',
    'ratio',
    'target',
    'rps',
    'errors',
    'added p50 ms',
    'added p99 ms',
    'at rps',
    'RSS MB',
  ];
  const cells = rows.map(({ load, viaProxy, viaGateway, base, ours, rate }) => [
    load.name,
    `${Math.round(load.body.length / 1024)} KB`,
    viaProxy.cpuPerRequest.toFixed(0),
    viaGateway.cpuPerRequest.toFixed(0),
    (viaGateway.cpuPerRequest / viaProxy.cpuPerRequest).toFixed(2),
    `<= ${load.target}`,
    viaGateway.perSecond.toFixed(0),
    String(viaProxy.errors + viaGateway.errors + ours.errors),
    (ours.p50 - base.p50).toFixed(2),
    (ours.p99 - base.p99).toFixed(2),
    String(rate),
    (viaGateway.rss / 1024).toFixed(0),
  ]);
  const line = (row) => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
}
