import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readTold } from '../kit/ask.ts';
import { awsStreamBytes } from '../kit/aws-stream.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { serveLoopback } from '../kit/vendor-server.ts';
import { clients } from './clients.ts';
import { type House, openHouse } from './house.ts';

const model = 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-v1:0';
const signing = { accessKeyId: 'AKIATURNPIKE', secretAccessKey: 'wJalr/secret+EXAMPLE', sessionToken: 'token/+=' };

const script = playScenes({
  cue: 'hello',
  answers: [
    {
      thinking: 'They greet me: été.',
      text: 'Hi there 🙂',
      calls: [{ name: 'wave', input: { hand: 'left' } }],
      usage: { input: 900, cached: 600, cacheWrite: 100, output: 40 },
    },
  ],
});

let bedrock: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  bedrock = await startUpstream({ dialect: 'converse', script });
  const auth = {
    access_key_id: signing.accessKeyId,
    secret_access_key: signing.secretAccessKey,
    session_token: signing.sessionToken,
  };
  house = await openHouse({
    providers: { bedrock: { region: 'eu-central-1', base_url: bedrock.baseUrl, auth: { aws: auth } } },
  });
});

afterAll(async () => {
  await house.stop();
  await bedrock.stop();
});

const tool = {
  name: 'wave',
  description: 'Waves.',
  schema: { type: 'object', properties: { hand: { type: 'string' } } },
};

async function greet(stream: boolean) {
  const { path, body } = clients.messages.request({
    model: `bedrock/${model}`,
    stream,
    tools: [tool],
    history: [clients.messages.user('hello')],
  });
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify({ ...body, max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 2000 } }),
  });
  return readTold(answer);
}

describe('a call to Bedrock', () => {
  it.each([true, false])('is signed, and its answer comes back whole (stream: %s)', async (stream) => {
    const told = await greet(stream);
    expect({ status: told.status, text: told.text.slice(0, 300) }).toMatchObject({ status: 200 });
    expect(clients.messages.understand(told, stream)).toMatchObject({
      text: 'Hi there 🙂',
      calls: [{ name: 'wave', input: { hand: 'left' } }],
    });
    expect(bedrock.complaints).toEqual([]);
    const record = await house.recordOf((each) => each.stream === stream);
    expect(record).toMatchObject({
      attempts: [{ provider: 'bedrock', model, credential: 'bedrock#aws' }],
      usage: { inputTokens: 900, cachedInputTokens: 600, cacheWriteTokens: 100, outputTokens: 40 },
    });
  });

  it('has a signature that another implementation makes of it, too', async () => {
    await greet(true);
    const { headers = {}, body = {} } = bedrock.requests.at(-1) ?? {};
    const text = JSON.stringify(body);
    expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(text).digest('hex'));
    const signed = await new AwsV4Signer({
      method: 'POST',
      url: `${bedrock.origin}/model/${encodeURIComponent(model)}/converse-stream`,
      headers: { 'content-type': 'application/json', 'x-amz-content-sha256': headers['x-amz-content-sha256'] ?? '' },
      body: text,
      ...signing,
      service: 'bedrock',
      region: 'eu-central-1',
      datetime: headers['x-amz-date'] ?? '',
      allHeaders: true,
    }).sign();
    expect(headers['authorization']).toBe(signed.headers.get('authorization'));
  });
});

/** A Bedrock that sends these bytes and hangs up. */
async function brokenBedrock(bytes: Buffer) {
  const server = await serveLoopback(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    await new Promise((resolve) => response.write(bytes, resolve));
    response.destroy();
  });
  const provider = { kind: 'bedrock', base_url: server.origin, keys: [{ value: 'bedrock-key' }] };
  const healthy = { kind: 'bedrock', base_url: bedrock.baseUrl, keys: [{ value: 'bedrock-key' }] };
  const broken = await openHouse({
    providers: { broken: provider, healthy },
    models: { sonnet: { targets: [`broken/${model}`], fallbacks: [`healthy/${model}`] } },
  });
  onTestFinished(async () => {
    await broken.stop();
    await server.stop();
  });
  const { path, body } = clients.messages.request({
    model: 'sonnet',
    stream: true,
    tools: [tool],
    history: [clients.messages.user('hello')],
  });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${testKey}` };
  const told = await readTold(
    await fetch(broken.origin + path, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
  return { told, record: await broken.recordOf(() => true) };
}

const begun = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"Hi"}}' },
];

describe('a stream of Bedrock that breaks', () => {
  it('is taken over by another provider where nothing was said yet', async () => {
    const exception = { event: 'throttlingException', data: '{"message":"Too many requests"}' };
    const { told, record } = await brokenBedrock(awsStreamBytes([...begun.slice(0, 1), exception]));
    expect(clients.messages.understand(told, true).text).toBe('Hi there 🙂');
    expect(record.attempts).toMatchObject([
      { provider: 'broken', failure: { code: 'upstream-rate-limited', message: 'Too many requests' } },
      { provider: 'healthy' },
    ]);
  });

  it.each([
    [
      'an exception',
      [...begun, { event: 'modelStreamErrorException', data: '{"message":"broke"}' }],
      0,
      'upstream-error',
    ],
    ['the end of the connection', begun, 0, 'upstream-cut'],
    ['the end of the connection inside a frame', [...begun, ...begun], 7, 'upstream-cut'],
  ])('ends in one failure behind what was said: %s', async (_how, events, missing, code) => {
    const bytes = awsStreamBytes(events);
    const { told, record } = await brokenBedrock(bytes.subarray(0, bytes.length - missing));
    expect(told.text.match(/event: error/g)).toHaveLength(1);
    expect(told.text).not.toContain('message_stop');
    expect(record).toMatchObject({ failure: { code } });
  });
});

/** A request as AWS's library hands it over. */
interface HttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** By itself the library speaks HTTP/2. */
const overHttp1 = {
  async handle({ protocol, hostname, port, path, method, headers, body = '' }: HttpRequest) {
    const { host: _, 'content-length': __, ...sent } = headers;
    const answer = await fetch(`${protocol}//${hostname}:${port}${path}`, { method, headers: sent, body });
    const { status: statusCode, body: stream } = answer;
    if (!stream) throw new Error('no body');
    return { response: { statusCode, headers: Object.fromEntries(answer.headers), body: Readable.fromWeb(stream) } };
  },
};

describe('AWS’s own library', () => {
  it('reads what the scripted Bedrock of these tests writes', async () => {
    const client = new BedrockRuntimeClient({
      region: 'eu-central-1',
      endpoint: bedrock.origin,
      credentials: signing,
      requestHandler: overHttp1,
    });
    const input: ConverseStreamCommandInput = {
      modelId: model,
      messages: [{ role: 'user', content: [{ text: 'hello' }] }],
      toolConfig: { tools: [{ toolSpec: { name: 'wave', inputSchema: { json: { type: 'object' } } } }] },
    };
    const whole = await client.send(new ConverseCommand(input));
    expect(whole.stopReason).toBe('tool_use');
    const { stream } = await client.send(new ConverseStreamCommand(input));
    const seen: string[] = [];
    let text = '';
    let usage: unknown;
    for await (const event of stream ?? []) {
      seen.push(...Object.keys(event));
      text += event.contentBlockDelta?.delta?.text ?? '';
      usage = event.metadata?.usage;
    }
    expect(usage).toMatchObject({ inputTokens: 200, cacheReadInputTokens: 600 });
    expect(text).toBe('Hi there 🙂');
    expect(seen.at(0)).toBe('messageStart');
    expect(seen.slice(-2)).toEqual(['messageStop', 'metadata']);
    client.destroy();
  });
});
