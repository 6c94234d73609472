import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { DialectName } from '../../src/core/items.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { ask, openQuestion, type Question, textOf, toldSoFar } from '../kit/ask.ts';
import { awsStreamBytes } from '../kit/aws-stream.ts';
import { type LoopbackServer, readVendorRequest, serveLoopback, sseBytes } from '../kit/vendor-server.ts';
import { createMint } from '../kit/vendors/mint.ts';
import { buildReply } from '../kit/vendors/pieces.ts';
import type { Vendor } from '../kit/vendors/vendor.ts';
import { vendors } from '../kit/vendors/vendors.ts';
import { type House, openHouse } from './house.ts';

/** What every answer would tell, had it come to its end. */
const wholeText = 'Each of the words below was streamed before the answer broke off. '.repeat(40);
const tokensOf = (text: string): number => text.length / 4;
/** A thousandth of a dollar for a token. */
const price = { input: 1000, output: 1000 };
const told = { input: 900, cached: 700, output: 2_000 };
/** Providers whose dialect tells the input with its first frame. */
const tellsEarly: ReadonlySet<DialectName> = new Set(['messages', 'gemini']);

const all = Object.values(providerDialects).map(({ name }) => name);
const clients = Object.values(dialects).map(({ name }) => name);
const pairs = all.flatMap((provider) => clients.map((client) => ({ provider, client })));

let house: House;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  const providers: Record<string, object> = {};
  for (const dialect of all) {
    for (const end of ['cut', 'open'] as const) providers[`${dialect}-${end}`] = await breakingProvider(dialect, end);
  }
  house = await openHouse({ providers });
});
afterAll(async () => {
  await house.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

/** Tells the first half of its answer; then it ends the body, or says nothing more. */
async function breakingProvider(dialect: DialectName, end: 'cut' | 'open'): Promise<object> {
  const vendor = vendors[dialect];
  const server = await serveLoopback(async (incoming, response) => {
    await readVendorRequest(incoming);
    writeHalf(response, vendor);
    if (end === 'cut') response.end();
  });
  servers.push(server);
  return {
    kind: 'openai-compatible',
    base_url: server.origin + vendor.basePath,
    speaks: [dialect],
    keys: [{ value: 'sk-upstream' }],
    models: { model: { price, max_output_tokens: 5_000 }, terse: { price, max_output_tokens: 100 } },
  };
}

function writeHalf(response: ServerResponse, vendor: Vendor): void {
  const conversation = { model: 'model', stream: true, tools: [], turns: [] };
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: {} };
  const answer = { text: wholeText, usage: told };
  const reply = buildReply({ vendor, mint: createMint('breaking'), request, conversation, answer });
  const frames = vendor.frames(reply);
  const half = frames.slice(0, Math.floor(frames.length / 2));
  const isAws = vendor.dialect === 'converse';
  response.writeHead(200, { 'content-type': isAws ? 'application/vnd.amazon.eventstream' : 'text/event-stream' });
  response.write(isAws ? awsStreamBytes(half) : sseBytes(half, vendor.dialect === 'gemini' ? '\r\n' : '\n'));
}

let asked = 0;

/** The record of one question, found by its session. */
async function recordOf(question: Question, run: (question: Question) => Promise<unknown>): Promise<ExchangeRecord> {
  const session = `session-${(asked += 1)}`;
  await run({ ...question, headers: { 'x-session-id': session } });
  return house.recordOf((record) => record.session === session);
}

/** Reads until half of the words have come, which is all that will, and leaves. */
async function leaveMidway(question: Question): Promise<void> {
  const leaving = new AbortController();
  const answer = await openQuestion(house.origin, { ...question, signal: leaving.signal });
  if (!answer.body) throw new Error('the answer has no body');
  const reader = answer.body.getReader();
  let text = '';
  while (textOf(question.dialect, toldSoFar(answer, text)).length < 0.45 * wholeText.length) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the answer ended: ${text}`);
    text += Buffer.from(value).toString();
  }
  leaving.abort();
}

/** What a record says of the half of an answer, give or take what nobody can know. */
function billOf({ usage, attempts, costNanoDollars }: ExchangeRecord) {
  const counted = usage ?? attempts.at(-1)?.usage;
  const { inputTokens = 0, outputTokens = 0 } = counted ?? {};
  const share = outputTokens / tokensOf(wholeText);
  return {
    estimated: counted?.estimated,
    input: inputTokens === told.input && counted?.cachedInputTokens === told.cached ? 'as told' : 'by its size',
    output: share > 0.4 && share < 0.8 ? 'half' : outputTokens,
    isPriced: costNanoDollars === String(BigInt(inputTokens + outputTokens) * 1_000_000n),
  };
}

function halfOf(provider: DialectName) {
  const output = provider === 'gemini' ? told.output : 'half';
  return { estimated: true, input: tellsEarly.has(provider) ? 'as told' : 'by its size', output, isPriced: true };
}

describe('an answer that breaks off is billed by what had come', () => {
  it.each(pairs)('of $provider, streamed to $client', async ({ provider, client }) => {
    const question: Question = { dialect: client, model: `${provider}-cut/model` };
    const record = await recordOf(question, (each) => ask(house.origin, each));
    expect(billOf(record)).toEqual(halfOf(provider));
  });

  const gathered = pairs.filter(({ provider, client }) => provider !== client);
  it.each(gathered)('of $provider, gathered for $client', async ({ provider, client }) => {
    const question: Question = { dialect: client, model: `${provider}-cut/model`, stream: false };
    const record = await recordOf(question, (each) => ask(house.origin, each));
    expect(billOf(record)).toEqual(halfOf(provider));
  });

  it.each(pairs)('of $provider, when a client of $client leaves', async ({ provider, client }) => {
    const record = await recordOf({ dialect: client, model: `${provider}-open/model` }, leaveMidway);
    expect(record.outcome).toBe('abandoned');
    expect(billOf(record)).toEqual(halfOf(provider));
  });

  it('but never for more than was reserved', async () => {
    const question: Question = { dialect: 'messages', model: 'chat-cut/terse' };
    const { usage } = await recordOf(question, (each) => ask(house.origin, each));
    expect(usage?.outputTokens).toBe(100);
  });
});
