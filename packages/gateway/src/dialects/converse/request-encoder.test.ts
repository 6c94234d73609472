import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, Item, Part } from '../../core/items.ts';
import type { EncodeTarget } from '../dialect.ts';
import { converse } from './index.ts';

const claude = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const question: Item = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Go.' }] };
const call: Item = { type: 'tool-call', kind: 'function', callId: 'c1', tool: { name: 'look' }, input: '{}' };
const result: Item = { type: 'tool-result', kind: 'function', callId: 'c1', output: [{ type: 'text', text: 'no' }] };
const look = { type: 'function', name: 'look', description: 'Looks.', schema: { type: 'object' } } as const;

function encode(asked: Partial<CanonicalRequest>, model = claude, more: Partial<EncodeTarget> = {}) {
  const request = { model: 'm', stream: true, items: [question], tools: [], ...asked };
  return converse.encodeRequest(request, { model, issuer: 'bedrock', abilities: {}, quirks: {}, ...more });
}

describe('a request for Claude on Bedrock', () => {
  it('thinks, and puts marks behind tools, system and the last turns', () => {
    const system: Item = { type: 'message', role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] };
    const { body, losses } = encode({ items: [system, question], tools: [look], reasoning: { effort: 'low' } });
    const point = { cachePoint: { type: 'default' } };
    expect(body).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Go.' }, point] }],
      system: [{ text: 'Be kind.' }, point],
      inferenceConfig: { maxTokens: 32_000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 4_096 } },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'look',
              description: 'Looks.',
              inputSchema: { json: { type: 'object', properties: {} } },
            },
          },
        ],
      },
    });
    expect(losses).toEqual([]);
  });

  it('is told of effort and of a wanted form in the fields of the API', () => {
    const outputFormat = { type: 'json-schema', name: 'plan', schema: { type: 'object', properties: {} } } as const;
    const { body } = encode({ outputFormat, reasoning: { effort: 'high' } }, 'global.anthropic.claude-opus-4-6-v1');
    expect(body['outputConfig']).toEqual({
      effort: 'high',
      textFormat: {
        type: 'json_schema',
        structure: {
          jsonSchema: { name: 'plan', schema: '{"type":"object","properties":{},"additionalProperties":false}' },
        },
      },
    });
    expect(body['additionalModelRequestFields']).toEqual({ thinking: { type: 'adaptive', display: 'summarized' } });
  });

  it('loses what a caller of the Messages API alone can say, and says so', () => {
    const extra = (fields: Record<string, string>) => ({ dialect: 'messages', fields }) as const;
    const { body, losses } = encode({
      extra: extra({ container: 'x', metadata: 'y' }),
      items: [
        { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Go.', extra: extra({ citations: 'on' }) }] },
        { type: 'hosted-call', tool: 'web_search', dialect: 'messages', value: { type: 'server_tool_use' } },
        { type: 'opaque', dialect: 'messages', value: { type: 'ghost' } },
      ],
      tools: [
        { type: 'hosted', tool: 'web_search', dialect: 'messages', settings: { type: 'web_search_20250305' } },
        { ...look, extra: extra({ eager_input_streaming: 'yes' }) },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/citations|web_search|ghost|eager/);
    expect(losses.map(({ what, weight }) => `${weight} ${what}`)).toEqual([
      'hint container',
      'hint history.web_search',
      'meaning item.ghost',
      'hint tool.web_search',
    ]);
  });
});

describe('a request for Bedrock', () => {
  it.each([
    ['us.amazon.nova-2-lite-v1:0', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } }, []],
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'high' }, []],
    ['deepseek.r1-v1:0', undefined, ['reasoning.effort']],
  ])('asks %s to think in its own words', (model, fields, lost) => {
    const { body, losses } = encode({ reasoning: { effort: 'xhigh' } }, model);
    expect(body['additionalModelRequestFields']).toEqual(fields);
    expect(losses.map(({ what }) => what)).toEqual(lost);
  });

  it('leaves limits to models whose limits are unknown, and keeps to those that are known', () => {
    const nova = 'amazon.nova-pro-v1:0';
    expect(encode({}, nova).body['inferenceConfig']).toBeUndefined();
    expect(encode({}, 'anthropic.claude-3-5-sonnet-20241022-v2:0').body['inferenceConfig']).toBeUndefined();
    expect(encode({}).body['inferenceConfig']).toEqual({ maxTokens: 32_000 });
    const { body, losses } = encode({ maxOutputTokens: 9_000, temperature: 1.5 }, nova, {
      abilities: { maxOutputTokens: 5_000 },
    });
    expect(body['inferenceConfig']).toEqual({ maxTokens: 5_000, temperature: 1 });
    expect(losses.map(({ what }) => what)).toEqual(['max_tokens', 'temperature']);
  });

  it('puts marks only where a model takes them', () => {
    const marked: Item = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Go.', cache: {} }] };
    const pointsOf = (model: string) =>
      JSON.stringify(encode({ items: [marked] }, model).body).split('cachePoint').length - 1;
    expect([claude, 'amazon.nova-pro-v1:0', 'meta.llama4-maverick-17b-instruct-v1:0'].map(pointsOf)).toEqual([1, 1, 0]);
  });

  it('declares tools that were used and are gone, as calls without tools are refused', () => {
    const { body } = encode({ items: [question, call, result, question] });
    expect(body['toolConfig']).toMatchObject({ tools: [{ toolSpec: { name: 'look' } }] });
  });

  it('forces tools where the model lets itself be forced', () => {
    const toolChoice = { mode: 'tool', tool: { name: 'look' }, kind: 'function' } as const;
    const choiceOf = (model: string) => encode({ tools: [look], toolChoice }, model).body['toolConfig'];
    expect(choiceOf(claude)).toMatchObject({ toolChoice: { tool: { name: 'look' } } });
    expect(choiceOf('meta.llama4-maverick-17b-instruct-v1:0')).not.toHaveProperty('toolChoice');
    const { losses } = encode({ tools: [look], toolChoice: { mode: 'none' } });
    expect(losses).toMatchObject([{ weight: 'hint', what: 'tool_choice' }]);
  });

  it('bounds the ids of calls, the same way for a call and its result', () => {
    const callId = `call_${'x'.repeat(90)}`;
    const { body } = encode({ items: [question, { ...call, callId }, { ...result, callId }], tools: [look] });
    const ids = [...JSON.stringify(body).matchAll(/"toolUseId":"([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[\w-]{64}$/);
  });

  it('gives documents as they are, under names that the API takes', () => {
    const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    const file = (mediaType: string, filename?: string): Part => ({
      type: 'file',
      source: { kind: 'data', mediaType, base64: 'UEs=' },
      ...(filename === undefined ? {} : { filename }),
    });
    const parts = [file(word, 'The  plan_(v2).docx'), file('text/markdown'), file('application/pdf')];
    const { body, losses } = encode({ items: [{ type: 'message', role: 'user', parts }] }, 'amazon.nova-pro-v1:0');
    expect(losses).toEqual([]);
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { text: 'See the document.' },
          { document: { format: 'docx', name: 'The plan-(v2)-docx', source: { bytes: 'UEs=' } } },
          { document: { format: 'txt', name: 'document', source: { text: 'PK' } } },
          { document: { format: 'pdf', name: 'document (2)', source: { bytes: 'UEs=' } } },
          { cachePoint: { type: 'default' } },
        ],
      },
    ]);
    const zip: Item = { type: 'message', role: 'user', parts: [file('application/zip')] };
    expect(encode({ items: [zip] }).losses).toContainEqual(
      expect.objectContaining({ weight: 'meaning', what: 'part.file' }),
    );
  });

  it('cannot give an image that lies elsewhere', () => {
    const image: Item = {
      type: 'message',
      role: 'user',
      parts: [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }],
    };
    expect(encode({ items: [image] }).losses).toMatchObject([{ weight: 'meaning', what: 'part.image' }]);
  });
});
