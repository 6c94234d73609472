// wrk as the load: as fast as it goes, 32 connections.
import { spawn } from 'node:child_process';

export async function runWrk(url, script, seconds) {
  const child = spawn('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', script, '--timeout', '10s', url]);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const broken = (/Socket errors: (.*)/.exec(text)?.[1].match(/\d+/g) ?? []).reduce(
    (sum, count) => sum + Number(count),
    0,
  );
  if (requests === 0) throw new Error(`wrk made no request:\n${text}`);
  return { requests, perSecond, errors: bad + broken };
}
