// Requests at a steady rate, whether or not earlier ones were answered, so that waiting shows up as latency.
import { Agent, request } from 'node:http';

/** Latencies until the whole answer is there, in milliseconds. */
export async function measureLatency({ url, path, body, rate, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const { hostname, port } = new URL(url);
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer bench-key-0123456789',
    'content-length': Buffer.byteLength(body),
  };
  const options = { agent, hostname, port, path, method: 'POST', headers };
  const latencies = [];
  let errors = 0;
  const pending = [];

  const one = () =>
    new Promise((resolve) => {
      const begin = performance.now();
      const call = request(options, (answer) => {
        if (answer.statusCode !== 200) errors += 1;
        answer.resume();
        answer.on('end', () => {
          latencies.push(performance.now() - begin);
          resolve();
        });
      });
      call.on('error', () => {
        errors += 1;
        resolve();
      });
      call.end(body);
    });

  const begin = performance.now();
  const total = Math.floor(rate * seconds);
  const warm = Math.floor(total / 5);
  for (let sent = 0; sent < total; sent += 1) {
    const due = begin + (sent * 1000) / rate;
    while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
    pending.push(one());
  }
  await Promise.all(pending);
  agent.destroy();
  const sorted = latencies.slice(warm).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), errors };
}
