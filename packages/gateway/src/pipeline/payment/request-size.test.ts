import { describe, expect, it } from 'vitest';
import type { ClientDialectName } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { dialects } from '../../dialects/registry.ts';
import { peekObject } from '../../wire/peek.ts';
import { measureRequest, withParameters } from './request-size.ts';

function sizeOf(dialect: ClientDialectName, body: JsonObject, indent?: number) {
  const text = JSON.stringify({ model: 'm', ...body }, undefined, indent);
  const {
    bodyBytes: _,
    media: _media,
    ...size
  } = measureRequest(peekObject(Buffer.from(text)), dialects[dialect]).size;
  return size;
}

const user = (content: readonly JsonObject[]) => [{ role: 'user', content }];
const named = { openEnded: true };
const found = { findings: true };
const image = 'https://example.com/a.png';

const cases: readonly (readonly [ClientDialectName, string, JsonObject, object])[] = [
  ['responses', 'an earlier answer', { previous_response_id: 'resp_1' }, named],
  ['responses', 'no earlier answer', { previous_response_id: null, prompt: null }, {}],
  ['responses', 'a conversation', { conversation: { id: 'conv_1' } }, named],
  ['responses', 'a search', { tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }, found],
  ['responses', 'a tool that nobody here knows', { tools: [{ type: 'divination_2031' }] }, found],
  [
    'responses',
    'tools that the agent runs',
    { tools: [{ name: 'web_search', type: 'function' }, { type: 'local_shell' }, { type: 'namespace', tools: [] }] },
    {},
  ],
  ['responses', 'a file by id', { input: user([{ type: 'input_file', file_id: 'file-1' }]) }, named],
  [
    'responses',
    'an image by address',
    { input: user([{ type: 'input_image', image_url: image }]) },
    { namedImages: 1 },
  ],
  [
    'responses',
    'an image itself',
    { input: user([{ type: 'input_image', image_url: 'data:image/png;base64,AA' }]) },
    {},
  ],
  ['responses', 'words that look like it', { input: '{"file_id":"file-1","image_url":"https://a"}' }, {}],
  [
    'chat',
    'an image by address',
    { messages: user([{ type: 'image_url', image_url: { url: image } }]) },
    { namedImages: 1 },
  ],
  [
    'chat',
    'an image itself',
    { messages: user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }]) },
    {},
  ],
  ['chat', 'a file by id', { messages: user([{ type: 'file', file: { file_id: 'file-1' } }]) }, named],
  ['chat', 'a search', { web_search_options: {} }, found],
  ['chat', 'three answers', { n: 3 }, { answers: 3 }],
  ['messages', 'a search', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, found],
  ['messages', 'servers to ask', { mcp_servers: [{ type: 'url', url: 'https://a' }] }, found],
  [
    'messages',
    'tools that the agent runs',
    {
      tools: [
        { name: 'WebSearch', input_schema: {} },
        { type: 'bash_20250124', name: 'bash' },
      ],
    },
    {},
  ],
  [
    'messages',
    'a document by address',
    { messages: user([{ type: 'document', source: { type: 'url', url: image } }]) },
    named,
  ],
  ['messages', 'a call about an address', { messages: user([{ type: 'tool_use', input: { url: image } }]) }, {}],
  ['messages', 'a file by id', { messages: user([{ type: 'image', source: { type: 'file', file_id: 'f' } }]) }, named],
  [
    'gemini',
    'a search beside functions',
    { tools: [{ functionDeclarations: [{ name: 'f' }], googleSearch: {} }] },
    found,
  ],
  ['gemini', 'functions', { tools: [{ functionDeclarations: [{ name: 'f', parameters: {} }] }] }, {}],
  ['gemini', 'what is cached', { cachedContent: 'cachedContents/1' }, named],
  ['gemini', 'a file', { contents: [{ parts: [{ fileData: { fileUri: 'gs://a/b' } }] }] }, named],
  [
    'gemini',
    'two answers',
    { generationConfig: { candidateCount: 2, maxOutputTokens: 10 } },
    { answers: 2, maxOutputTokens: 10 },
  ],
];

describe('measuring a request', () => {
  it.each(cases)('%s: %s', (dialect, _what, body, size) => {
    expect(sizeOf(dialect, body)).toEqual(size);
    expect(sizeOf(dialect, body, 2)).toEqual(size);
  });
});

describe('a request in which the configuration sets something', () => {
  const measured = { size: { bodyBytes: 10, maxOutputTokens: 500 }, circumstances: { serviceTier: 'auto' } };

  it('is as long as the shorter limit, and of the tier that is set', () => {
    expect(withParameters(measured, { maxOutputTokens: 100, serviceTier: 'flex' })).toEqual({
      size: { bodyBytes: 10, maxOutputTokens: 100 },
      circumstances: { serviceTier: 'flex' },
    });
    expect(withParameters(measured, { maxOutputTokens: 1000 })).toEqual(measured);
  });

  it('is the same where nothing of its cost is set', () => {
    expect(withParameters(measured, { temperature: 0 })).toBe(measured);
    expect(withParameters(measured, undefined)).toBe(measured);
  });
});
