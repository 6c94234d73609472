import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requests } from '../../../test/kit/arbitrary.ts';
import type { CanonicalRequest, Item } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { endpointOf } from '../../providers/endpoint.ts';
import { encodeRequest } from './request-encoder.ts';

const claude = 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-v1:0';
const schema = { type: 'object', properties: { hand: { type: 'string' } } };

interface SentRequest {
  readonly path: string;
  readonly body: Json | undefined;
}

/** What AWS's own library sends for an input, caught before it leaves. */
async function sentBySdk(input: ConverseStreamCommandInput): Promise<SentRequest> {
  let sent: SentRequest | undefined;
  const client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: {
      handle(request: { readonly path: string; readonly body?: string | Uint8Array }) {
        sent = { path: request.path, body: parseJson(Buffer.from(request.body ?? '').toString('utf8')) };
        return Promise.reject(new Error('caught'));
      },
    },
  });
  await client.send(new ConverseStreamCommand(input)).catch(() => undefined);
  if (!sent) throw new Error('the library sent nothing');
  return sent;
}

/** The library takes bytes as they are; on the wire they are base64. */
function withBytes(value: Json | undefined, key = ''): unknown {
  if (typeof value === 'string')
    return key === 'bytes' || key === 'redactedContent' ? Buffer.from(value, 'base64') : value;
  if (Array.isArray(value)) return value.map((each: Json) => withBytes(each));
  if (!isJsonObject(value)) return value;
  // Schemas and arguments are the caller's own.
  if (key === 'json' || key === 'input') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withBytes(each, name)]));
}

const everything: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [
    { type: 'message', role: 'system', parts: [{ type: 'text', text: 'Be kind.', cache: { ttl: '1h' } }] },
    {
      type: 'message',
      role: 'user',
      parts: [
        { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } },
        {
          type: 'file',
          filename: 'plan v2.pdf',
          source: { kind: 'data', mediaType: 'application/pdf', base64: 'JVBERi0=' },
        },
        { type: 'file', filename: 'plan v2.pdf', source: { kind: 'data', mediaType: 'text/plain', base64: 'aGk=' } },
      ],
    },
    {
      type: 'reasoning',
      summary: ['Hm.'],
      seal: { issuer: 'bedrock', data: { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' } },
    },
    {
      type: 'reasoning',
      summary: [],
      seal: { issuer: 'bedrock', data: { type: 'redacted_thinking', data: 'c2VjcmV0' } },
    },
    { type: 'tool-call', kind: 'function', callId: 'call_1', tool: { name: 'look' }, input: '{"at":[1,{"x":null}]}' },
    {
      type: 'tool-result',
      kind: 'function',
      callId: 'call_1',
      isError: true,
      output: [
        { type: 'text', text: 'no' },
        { type: 'image', source: { kind: 'data', mediaType: 'image/jpeg', base64: '/9j/4A==' } },
      ],
    },
    { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Go on.' }] },
  ],
  tools: [{ type: 'function', name: 'look', description: 'Looks.', schema: schema }],
  toolChoice: { mode: 'auto' },
  reasoning: { budgetTokens: 2048 },
  maxOutputTokens: 8192,
  stop: ['END'],
  serviceTier: 'priority',
  outputFormat: {
    type: 'json-schema',
    name: 'answer',
    schema: { type: 'object', properties: { a: { type: 'string' } } },
  },
};

const forced: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [
    ...everything.items.slice(0, 1),
    { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Go.' }] } satisfies Item,
  ],
  tools: everything.tools,
  toolChoice: { mode: 'tool', tool: { name: 'look' }, kind: 'function' },
  reasoning: { effort: 'low' },
  temperature: 0.3,
  topP: 0.9,
  topK: 20,
};

/** What we would send of a request, and what AWS's library sends when it is told the same. */
async function bothFor(request: CanonicalRequest, id: string): Promise<{ ours: SentRequest; theirs: SentRequest }> {
  const target = { model: id, issuer: 'bedrock', abilities: {}, quirks: {} };
  const body: JsonObject = encodeRequest(request, target).body;
  const { path } = endpointOf({ baseUrl: new URL('https://bedrock.example') }, 'converse', id, true);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- judged by what the library makes of it
  const input = { modelId: id, ...(withBytes(body) as object) } as ConverseStreamCommandInput;
  return { ours: { path, body }, theirs: await sentBySdk(input) };
}

describe('AWS’s own library', () => {
  it.each([claude, 'us.amazon.nova-2-lite-v1:0', 'openai.gpt-oss-120b-1:0', 'mistral.mistral-large-3'])(
    'sends the same request to %s as we do, and knows every field of it',
    async (id) => {
      for (const request of [everything, forced]) {
        const { ours, theirs } = await bothFor(request, id);
        expect(theirs).toEqual(ours);
      }
    },
  );

  it('sends the same as we do of any request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const { ours, theirs } = await bothFor(request, claude);
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 40 },
    );
  });
});
