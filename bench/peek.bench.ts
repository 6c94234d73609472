// What finding the top-level fields of a request costs: `node bench/peek.bench.ts` (Node 22.18 or later, which runs TypeScript as it is).
import { peekObject, stringField } from '../packages/gateway/src/wire/peek.ts';
import { spliceObject } from '../packages/gateway/src/wire/splice.ts';

const rounds = 15;
const callsPerRound = 200;

/** Like a Codex session in its middle: code and diffs in tool outputs, so full of escaped quotes and newlines; some tools. */
function codexLikeBody(totalBytes: number): Buffer {
  const code =
    'export function greet(name: string): string {\n  // Says "hello" to whoever is there, and nothing at all where there is no one to greet.\n' +
    '  const text = name.length > 0 ? "hello " + name : "";\n\treturn text.trim();\n}\n\n';
  const input: object[] = [];
  const tools = Array.from({ length: 20 }, (_, index) => ({
    type: 'function',
    name: `tool_${index}`,
    description: 'Does what its name says, and says what it does. '.repeat(8),
    parameters: {
      type: 'object',
      properties: { path: { type: 'string' }, lines: { type: 'number' } },
      required: ['path'],
    },
  }));
  const body = { model: 'gpt-5.5', instructions: 'You are a coding agent.\n'.repeat(600), input, tools, stream: true };
  while (JSON.stringify(body).length < totalBytes) {
    const call = { call_id: `call_${input.length}` };
    const command = JSON.stringify({ command: ['bash', '-lc', 'sed -n "1,200p" src/main.ts'] });
    input.push({ type: 'function_call', name: 'shell', arguments: command, ...call });
    input.push({ type: 'function_call_output', output: code.repeat(20), ...call });
  }
  return Buffer.from(JSON.stringify({ ...body, prompt_cache_key: '0199' }), 'utf8');
}

function measure(name: string, run: () => unknown): void {
  for (let call = 0; call < 1000; call += 1) run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    for (let call = 0; call < callsPerRound; call += 1) run();
    times.push(((performance.now() - start) * 1000) / callsPerRound);
  }
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(28)} ${(times[Math.floor(rounds / 2)] ?? 0).toFixed(1)} us (median of ${rounds})`);
}

const body = codexLikeBody(158_000);
const quotes = body.reduce((count, byte) => count + (byte === 0x22 ? 1 : 0), 0);
console.log(`${body.length} bytes, ${quotes} quotes, Node ${process.version}`);
measure('peek', () => stringField(peekObject(body), 'model'));
measure('peek and splice the model', () => spliceObject(peekObject(body), { replace: { model: '"other"' } }));
measure('JSON.parse', () => JSON.parse(body.toString('utf8')));
