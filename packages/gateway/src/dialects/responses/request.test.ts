import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { wrapSeal } from '../shared/seal.ts';
import { decodeRequest } from './request-decoder.ts';
import { encodeRequest } from './request-encoder.ts';

const openai: EncodeTarget = { model: 'gpt', issuer: 'openai', abilities: {}, quirks: {} };
const plainVendor: EncodeTarget = { model: 'llm', issuer: 'vendor', abilities: {}, quirks: {} };

const lite: JsonObject = {
  model: 'gpt',
  stream: true,
  input: [
    {
      type: 'additional_tools',
      id: 'at_1',
      role: 'developer',
      tools: [
        {
          type: 'namespace',
          name: 'functions',
          description: '',
          tools: [
            {
              type: 'custom',
              name: 'exec',
              description: 'Runs JavaScript.',
              format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' },
            },
          ],
        },
        {
          type: 'namespace',
          name: 'agents',
          description: 'Sub-agents.',
          tools: [{ type: 'function', name: 'spawn', strict: false, parameters: { type: 'object', properties: {} } }],
        },
      ],
    },
    {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'go' }],
      internal_chat_message_metadata_passthrough: { turn_id: 't' },
    },
    {
      type: 'custom_tool_call',
      id: 'ctc_1',
      status: 'completed',
      call_id: 'c1',
      name: 'exec',
      namespace: 'functions',
      input: 'text("hi")',
    },
    {
      type: 'custom_tool_call_output',
      call_id: 'c1',
      output: [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b' },
      ],
    },
    { type: 'function_call', call_id: 'c2', name: 'spawn', namespace: 'agents', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c2', output: 'ok' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'low', context: 'all_turns' },
  store: false,
  client_metadata: { cwd: '/home/dev' },
};

describe('a Responses request', () => {
  it('comes back from its own dialect as it was, in every odd spelling', () => {
    const odd: JsonObject = {
      model: 'gpt',
      stream: true,
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'plain' },
        {
          type: 'message',
          role: 'assistant',
          id: 'msg_1',
          phase: 'final',
          content: [{ type: 'output_text', text: 'x', annotations: [] }],
        },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'SEALED', content: null },
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
        { type: 'compaction', id: 'cmp_1', encrypted_content: 'ENC' },
        { type: 'tool_search_call', call_id: 's1', execution: 'client', arguments: { query: 'q', limit: 3 } },
        {
          type: 'tool_search_output',
          call_id: 's1',
          execution: 'client',
          tools: [{ type: 'function', name: 'f', defer_loading: true, parameters: null }],
        },
        { type: 'unheard_of', value: 1 },
      ],
      tools: [
        { type: 'web_search', external_web_access: true },
        { type: 'brand_new', x: 1 },
        { type: 'custom', name: 'c', format: { type: 'text' } },
      ],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: {}, strict: null, beta: true } },
      reasoning: {},
      temperature: null,
      previous_response_id: 'resp_0',
      metadata: { a: 'b' },
    };
    expect(encodeRequest(decodeRequest(odd), openai).body).toEqual(odd);
    expect(encodeRequest(decodeRequest({ ...odd, input: 'hello' }), openai).body['input']).toBe('hello');
  });

  it('reaches OpenAI in Codex’s lite shape unchanged, but for the facts about the machine', () => {
    const { client_metadata: _, ...told } = lite;
    expect(encodeRequest(decodeRequest(lite), openai).body).toEqual(told);
  });

  it('becomes plain functions for a vendor without Codex’s tools, history included, and local facts stay here', () => {
    const { body, tools, losses } = encodeRequest(decodeRequest(lite), plainVendor);
    expect(body['tools']).toMatchObject([
      { type: 'function', name: 'exec', parameters: { required: ['input'] } },
      { type: 'function', name: 'agents__spawn', strict: false },
    ]);
    expect(body['input']).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go' }] },
      {
        type: 'function_call',
        status: 'completed',
        call_id: 'c1',
        name: 'exec',
        arguments: '{"input":"text(\\"hi\\")"}',
      },
      { type: 'function_call_output', call_id: 'c1', output: 'a\nb' },
      { type: 'function_call', call_id: 'c2', name: 'agents__spawn', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c2', output: 'ok' },
    ]);
    expect(body['reasoning']).toEqual({ effort: 'low' });
    expect(JSON.stringify(body)).not.toMatch(/passthrough|client_metadata|home/);
    expect(tools.resolve('agents__spawn')).toEqual({ kind: 'function', tool: { name: 'spawn', namespace: 'agents' } });
    expect(losses.map(({ weight, what }) => `${weight} ${what}`)).toEqual(['hint tool.exec.grammar']);
  });

  it('carries a seal only to its issuer', () => {
    const thought = (sealed: string): JsonObject => ({
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      encrypted_content: sealed,
    });
    const request = decodeRequest({
      model: 'm',
      input: [thought('OPENAI'), thought(wrapSeal({ issuer: 'vendor', data: 'V' }))],
    });
    const there = encodeRequest(request, plainVendor);
    expect(there.body['input']).toEqual([thought('V')]);
    expect(there.losses.map((loss) => loss.what)).toEqual(['reasoning.seal']);
    expect(encodeRequest(request, openai).body['input']).toEqual([thought('OPENAI')]);
  });

  it('names a thought by its id alone only where OpenAI may have stored it', () => {
    const thought: JsonObject = { type: 'reasoning', id: 'rs_1', summary: [] };
    const stored = decodeRequest({ model: 'm', input: [thought] });
    expect(encodeRequest(stored, openai).body['input']).toEqual([thought]);
    const { body, losses } = encodeRequest(decodeRequest({ model: 'm', store: false, input: [thought] }), openai);
    expect(body['input']).toEqual([]);
    expect(losses.map(({ weight, what }) => `${weight} ${what}`)).toEqual(['hint reasoning']);
  });

  it('loses meaning where an item can be read by OpenAI alone', () => {
    const request = decodeRequest({ model: 'm', input: [{ type: 'compaction', encrypted_content: 'E' }] });
    expect(encodeRequest(request, plainVendor).losses).toMatchObject([{ weight: 'meaning', what: 'item.compaction' }]);
  });

  it('offers a vendor its own tools, and only those it has', () => {
    const target: EncodeTarget = { ...plainVendor, quirks: { hostedTools: ['web_search'] } };
    const asked = (settings: JsonObject) =>
      encodeRequest(decodeRequest({ model: 'm', input: 'go', tools: [settings] }), target);
    const live = asked({ type: 'web_search', external_web_access: true, search_context_size: 'low' });
    expect(live.body['tools']).toEqual([{ type: 'web_search' }]);
    expect(live.losses).toEqual([]);
    for (const other of [{ type: 'web_search', external_web_access: false }, { type: 'image_generation' }]) {
      const { body, losses } = asked(other);
      expect(body['tools']).toBeUndefined();
      expect(losses).toMatchObject([{ weight: 'hint', what: `tool.${other.type}` }]);
    }
  });

  it('leaves out what a vendor refuses and says so', () => {
    const target = { ...plainVendor, quirks: { omit: ['store', 'service_tier'] } };
    const { body, losses } = encodeRequest(decodeRequest({ ...lite, service_tier: 'priority' }), target);
    expect(Object.keys(body)).not.toContain('store');
    expect(losses.map((loss) => loss.what)).toContain('service_tier');
  });

  it.each([
    [{ model: 1 }, 'model'],
    [{ model: 'm', input: 5 }, 'input'],
    [{ model: 'm', input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] }, 'input[0].arguments'],
    [{ model: 'm', input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
    [{ model: 'm', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ model: 'm', temperature: 'hot' }, 'temperature'],
    [{ model: 'm', reasoning: { effort: 3 } }, 'reasoning.effort'],
    [{ model: 'm', text: { format: { type: 'json_schema' } } }, 'text.format.name'],
  ] satisfies [JsonObject, string][])('of a wrong type is refused with its path: %j', (body, path) => {
    const decode = () => decodeRequest(body);
    expect(decode).toThrow(Failure);
    expect(decode).toThrow(`\`${path}\``);
  });
});
