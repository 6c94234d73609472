import { describe, expect, it } from 'vitest';
import { inboundOf } from '../../test/kit/inbound.ts';
import { type Ability, abilityNames } from '../catalog/abilities.ts';
import type { ClientDialectName } from '../core/items.ts';
import type { JsonObject } from '../core/json.ts';
import { dialects } from '../dialects/registry.ts';
import { readEnvelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { readNeeds } from './read-needs.ts';

function needsOf(dialect: ClientDialectName, body: JsonObject, headers: Inbound['headers'] = {}) {
  const bytes = Buffer.from(JSON.stringify({ model: 'm', ...body }));
  const inbound = inboundOf({ dialect, headers, readBody: async () => bytes });
  return readNeeds(readEnvelope(inbound, bytes, dialects[dialect]), inbound);
}

const needed = (dialect: ClientDialectName, body: JsonObject): readonly Ability[] => {
  const needs = needsOf(dialect, body);
  return abilityNames.filter((ability) => needs.has(ability));
};

const schema = { type: 'object', properties: {} };
const pixel = 'iVBORw0KGgo=';
const pdf = 'JVBERi0=';
const user = (...content: readonly JsonObject[]) => [{ role: 'user', content }];
const input = (...content: readonly JsonObject[]) => [{ type: 'message', role: 'user', content }];
const contents = (...parts: readonly JsonObject[]) => [{ role: 'user', parts }];
const url = (type: string, base64: string) => `data:${type};base64,${base64}`;

interface Sample {
  readonly dialect: ClientDialectName;
  readonly what: string;
  readonly body: JsonObject;
  readonly needs: readonly Ability[];
}

const samples: readonly Sample[] = [
  { dialect: 'responses', what: 'plain text', body: { input: 'Hi', reasoning: { effort: 'high' } }, needs: [] },
  { dialect: 'responses', what: 'a form of plain text', body: { input: 'Hi', text: { verbosity: 'low' } }, needs: [] },
  { dialect: 'responses', what: 'no tools in a list', body: { input: 'Hi', tools: [] }, needs: [] },
  {
    dialect: 'responses',
    what: 'a tool that the provider runs',
    body: { input: 'Hi', tools: [{ type: 'web_search' }] },
    needs: [],
  },
  {
    dialect: 'responses',
    what: 'a tool of the agent',
    body: { input: 'Hi', tools: [{ type: 'function', name: 'run', parameters: schema }] },
    needs: ['tools'],
  },
  {
    dialect: 'responses',
    what: 'a tool inside the history',
    body: {
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'patch' }] },
        ...input({ type: 'input_text', text: 'Hi' }),
      ],
    },
    needs: ['tools'],
  },
  {
    dialect: 'responses',
    what: 'an image',
    body: { input: input({ type: 'input_image', image_url: url('image/png', pixel) }) },
    needs: ['images'],
  },
  {
    dialect: 'responses',
    what: 'an image that a tool has shown',
    body: {
      input: [
        { type: 'function_call', call_id: 'c', name: 'view_image', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'c',
          output: [{ type: 'input_image', image_url: url('image/png', pixel) }],
        },
      ],
    },
    needs: ['images'],
  },
  {
    dialect: 'responses',
    what: 'words about images',
    body: { input: input({ type: 'input_text', text: 'say {"type":"input_image"} and "image_url"' }) },
    needs: [],
  },
  {
    dialect: 'responses',
    what: 'a PDF',
    body: { input: input({ type: 'input_file', filename: 'a.pdf', file_data: url('application/pdf', pdf) }) },
    needs: ['pdfs'],
  },
  {
    dialect: 'responses',
    what: 'an answer in a schema',
    body: { input: 'Hi', text: { format: { type: 'json_schema', name: 'x', schema } } },
    needs: ['structuredOutput'],
  },
  {
    dialect: 'chat',
    what: 'everything at once',
    body: {
      messages: user(
        { type: 'image_url', image_url: { url: url('image/png', pixel) } },
        { type: 'input_audio', input_audio: { format: 'wav', data: 'UklGRg==' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: url('application/pdf', pdf) } },
      ),
      tools: [{ type: 'function', function: { name: 'run', parameters: schema } }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    },
    needs: ['tools', 'images', 'pdfs', 'audio', 'structuredOutput'],
  },
  {
    dialect: 'chat',
    what: 'an effort that must not be left out',
    body: { messages: [], reasoning_effort: 'high', provider: { require_parameters: true } },
    needs: ['reasoning'],
  },
  {
    dialect: 'chat',
    what: 'no effort at all',
    body: { messages: [], reasoning_effort: 'none', provider: { require_parameters: true } },
    needs: [],
  },
  { dialect: 'chat', what: 'an effort', body: { messages: [], reasoning_effort: 'high' }, needs: [] },
  {
    dialect: 'chat',
    what: 'an image in a form that is not known here',
    body: { messages: user({ type: 'image_url', image_url: 7 }) },
    needs: [],
  },
  {
    dialect: 'messages',
    what: 'a tool, an image and a document',
    body: {
      max_tokens: 100,
      messages: user(
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
        { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
      ),
      tools: [{ name: 'run', input_schema: schema }],
    },
    needs: ['tools', 'images', 'pdfs'],
  },
  {
    dialect: 'messages',
    what: 'a call whose input speaks of an image',
    body: {
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'draw', input: { type: 'image' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
      ],
    },
    needs: [],
  },
  {
    dialect: 'gemini',
    what: 'a tool, an image, sound and a schema',
    body: {
      contents: contents(
        { inlineData: { mimeType: 'image/png', data: pixel } },
        { inline_data: { mime_type: 'audio/wav', data: 'UklGRg==' } },
      ),
      tools: [{ functionDeclarations: [{ name: 'run', parametersJsonSchema: schema }] }],
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
    },
    needs: ['tools', 'images', 'audio', 'structuredOutput'],
  },
];

describe('what a request needs of a model', () => {
  it.each(samples)('is found in $dialect: $what', ({ dialect, body, needs }) => {
    expect(needed(dialect, body)).toEqual(needs);
  });
});

const text = (words: number) => Array.from({ length: words }, () => 'word').join(' ');
const tokens = (dialect: ClientDialectName, body: JsonObject, windows = [1_000, 12_000], headers = {}) =>
  needsOf(dialect, body, headers).tokensAmong(windows);

describe('how many tokens a request has at least', () => {
  it('is not looked for where it certainly fits', () => {
    expect(tokens('chat', { messages: user({ type: 'text', text: text(5_000) }) }, [20_000])).toBe(0);
  });

  it('is nine tenths of its words, and room for an answer', () => {
    expect(tokens('responses', { input: text(10_001) })).toBe(9_000 + 1_024);
    expect(tokens('responses', { input: text(10_001), max_output_tokens: 100 })).toBe(9_100);
    expect(tokens('responses', { input: text(10_001), max_output_tokens: 50_000 })).toBe(9_000 + 1_024);
  });

  it('is counted no further than the windows in question reach', () => {
    expect(tokens('responses', { input: text(100_000) }, [1_000])).toBeLessThan(5_000);
  });

  it('leaves out images, sealed state and earlier thoughts', () => {
    const secret = Buffer.from(text(20_000)).toString('base64');
    const history = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: text(9_000) }], encrypted_content: secret },
      ...input({ type: 'input_image', image_url: url('image/png', secret) }, { type: 'input_text', text: text(2_001) }),
    ];
    expect(tokens('responses', { input: history })).toBe(1_800 + 1_024);
    const thinking = { type: 'thinking', thinking: text(9_000), signature: 'x' };
    const messages = [
      { role: 'user', content: text(2_001) },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'Yes.' }] },
    ];
    expect(tokens('messages', { max_tokens: 4_096, messages })).toBe(1_800 + 1_024);
    const turns = [
      { role: 'user', content: text(2_001) },
      { role: 'assistant', content: 'Yes.', reasoning_content: text(9_000) },
    ];
    expect(tokens('chat', { messages: turns })).toBe(1_800 + 1_024);
  });

  it('is unknown where the provider may shorten the request, or has a wider window for the caller', () => {
    const long = { input: text(10_000) };
    expect(tokens('responses', { ...long, truncation: 'auto' })).toBe(0);
    expect(tokens('responses', { ...long, truncation: null })).toBeGreaterThan(0);
    const messages = { max_tokens: 1, messages: [{ role: 'user', content: text(10_000) }] };
    expect(tokens('messages', { ...messages, context_management: { edits: [] } })).toBe(0);
    expect(tokens('messages', messages, [1_000], { 'anthropic-beta': 'x,context-1m-2025-08-07' })).toBe(0);
    expect(tokens('messages', messages, [1_000], { 'anthropic-beta': 'x' })).toBeGreaterThan(0);
  });
});
