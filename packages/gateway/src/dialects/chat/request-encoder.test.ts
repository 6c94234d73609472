import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectsAt, textAt } from '../../../test/kit/json-access.ts';
import type { CanonicalRequest, Item, Part, Tool } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget, Quirks, TargetAbilities } from '../dialect.ts';
import { chat } from './index.ts';

function target(issuer: string, quirks: Quirks = {}, abilities: TargetAbilities = {}): EncodeTarget {
  return { model: 'm', issuer, quirks, abilities };
}

const vendor = target('vendor');

function request(items: readonly Item[], more: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'asked', stream: true, items, tools: [], ...more };
}

function messagesOf(items: readonly Item[], to = vendor): readonly JsonObject[] {
  return objectsAt(chat.encodeRequest(request(items), to).body, 'messages');
}

function lossesOf(asked: CanonicalRequest, to = vendor): readonly string[] {
  return chat.encodeRequest(asked, to).losses.map(({ weight, what }) => `${weight} ${what}`);
}

const text = (value: string): Part => ({ type: 'text', text: value });
const image: Part = { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'AA==' } };
const user: Item = { type: 'message', role: 'user', parts: [text('go')] };
const said = (value: string): Item => ({ type: 'message', role: 'assistant', parts: [text(value)] });
const call = (callId: string): Item => ({
  type: 'tool-call',
  kind: 'function',
  callId,
  tool: { name: 'f' },
  input: '{}',
});
const result = (callId: string, ...output: Part[]): Item => ({ type: 'tool-result', kind: 'function', callId, output });
const developer: Item = { type: 'message', role: 'developer', parts: [text('note')] };

function shape(messages: readonly JsonObject[]): readonly string[] {
  return messages.map((message) => {
    const ids = objectsAt(message, 'tool_calls').map((entry) => textAt(entry, 'id'));
    return [textAt(message, 'role'), textAt(message, 'tool_call_id'), ...ids].filter(Boolean).join(' ');
  });
}

describe('history', () => {
  it('becomes one assistant message per turn, followed by its results in the order of the calls', () => {
    const items = [
      user,
      said('a'),
      call('1'),
      call('2'),
      result('2', text('two')),
      result('1', text('one')),
      said('b'),
      said('c'),
    ];
    const messages = messagesOf(items);
    expect(shape(messages)).toEqual(['user', 'assistant 1 2', 'tool 1', 'tool 2', 'assistant']);
    expect(messages.map(({ content }) => content)).toEqual(['go', 'a', 'one', 'two', 'b\n\nc']);
  });

  it('moves a result up to its call past whatever came between', () => {
    const items = [user, call('1'), developer, user, result('1', text('one'))];
    expect(shape(messagesOf(items))).toEqual(['user', 'assistant 1', 'tool 1', 'system', 'user']);
  });

  it('pairs repeated call ids turn by turn', () => {
    const items = [user, call('1'), result('1', text('first')), call('1'), result('1', text('second'))];
    expect(messagesOf(items).map(({ content }) => content)).toEqual(['go', null, 'first', null, 'second']);
  });

  it('answers a call without a result and tells a result without a call as text, both as recorded hints', () => {
    const items = [user, result('0', text('lost')), call('1')];
    expect(shape(messagesOf(items))).toEqual(['user', 'user', 'assistant 1', 'tool 1']);
    expect(messagesOf(items)[1]?.['content']).toContain('lost');
    expect(lossesOf(request(items))).toEqual(['hint tool-result.call', 'hint tool-result.missing']);
  });

  it('always has every result right behind its call, exactly once, and loses none', () => {
    const anyItem = fc.oneof(
      fc.constantFrom(user, said('x'), developer),
      fc.nat({ max: 3 }).map((id) => call(`${id}`)),
      fc.nat({ max: 3 }).map((id) => result(`${id}`, text(`result`))),
    );
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 14 }), (items) => {
        const messages = messagesOf(items);
        const asked = messages.flatMap((message) =>
          objectsAt(message, 'tool_calls').map((entry) => textAt(entry, 'id')),
        );
        const answered = messages.flatMap((message, at) => {
          const ids = objectsAt(message, 'tool_calls').map((entry) => textAt(entry, 'id'));
          const behind = messages.slice(at + 1, at + 1 + ids.length).map((each) => textAt(each, 'tool_call_id'));
          expect(behind).toEqual(ids);
          return behind;
        });
        expect(answered).toEqual(asked);
        expect(messages.filter(({ role }) => role === 'tool')).toHaveLength(asked.length);
        const results = items.filter((item) => item.type === 'tool-result').length;
        const kept = messages.filter(
          ({ content }) =>
            typeof content === 'string' && content.includes('result') && !content.includes('interrupted'),
        );
        expect(kept).toHaveLength(results);
      }),
    );
  });

  it('puts images of results into a user message behind all results, unless the vendor takes them inside', () => {
    const items = [user, call('1'), call('2'), result('1', image), result('2', text('two'))];
    const messages = messagesOf(items);
    expect(shape(messages)).toEqual(['user', 'assistant 1 2', 'tool 1', 'tool 2', 'user']);
    expect(objectsAt(messages[4], 'content').map(({ type }) => type)).toEqual(['text', 'image_url']);
    const inside = messagesOf(items, target('vendor', { noImagesInToolResults: false }));
    expect(objectsAt(inside[2], 'content').map(({ type }) => type)).toEqual(['image_url']);
  });

  it('says developer where the vendor knows the role', () => {
    expect(messagesOf([developer])[0]?.['role']).toBe('system');
    expect(messagesOf([developer], target('openai'))[0]?.['role']).toBe('developer');
    expect(messagesOf([developer], target('vendor', { developerRole: 'developer' }))[0]?.['role']).toBe('developer');
  });

  it('fits Mistral: ids of nine characters, system messages only in front, an answer between result and user', () => {
    const items = [developer, user, call('call_1'), result('call_1', text('one')), developer];
    const messages = messagesOf(items, target('mistral'));
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
    const id = textAt(messages[3], 'tool_call_id');
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(objectsAt(messages[2], 'tool_calls')[0]?.['id']).toBe(id);
  });
});

describe('thoughts', () => {
  const thought: Item = { type: 'reasoning', summary: ['hm'] };
  const sealed: Item = { ...thought, seal: { issuer: 'anthropic', data: 'sig' } };

  it('go back only where the vendor wants them', () => {
    const items = [user, thought, call('1'), result('1')];
    expect(messagesOf(items)[1]).not.toHaveProperty('reasoning_content');
    expect(messagesOf(items, target('deepseek', { reasoningField: 'reasoning_content' }))[1]).toMatchObject({
      reasoning_content: 'hm',
    });
    expect(lossesOf(request(items))).toEqual([]);
  });

  it('that carry only their maker’s name go back as words, and nothing is lost', () => {
    const named: Item = { ...thought, seal: { issuer: 'deepseek', data: null } };
    const deepseek = target('deepseek', { reasoningField: 'reasoning_content' });
    expect(messagesOf([user, named, said('a')], deepseek)[1]).toMatchObject({ reasoning_content: 'hm' });
    expect(lossesOf(request([user, named, said('a')]), deepseek)).toEqual([]);
    expect(lossesOf(request([user, named, said('a')]))).toEqual([]);
  });

  it('sealed by another are a hint; sealed by the target go back unchanged', () => {
    expect(lossesOf(request([user, sealed, said('a')]))).toEqual(['hint reasoning.seal']);
    const details = [{ type: 'reasoning.encrypted', data: 'x', index: 0 }];
    const own: Item = { ...thought, seal: { issuer: 'openrouter', data: { reasoning_details: details } } };
    expect(messagesOf([user, own, said('a')], target('openrouter'))[1]).toMatchObject({ reasoning_details: details });
    expect(lossesOf(request([user, own, said('a')]), target('openrouter'))).toEqual([]);
  });
});

describe('tools', () => {
  const patch: Tool = {
    type: 'custom',
    name: 'apply_patch',
    description: 'Edits.',
    grammar: { syntax: 'lark', definition: 'start: X' },
  };
  const files: Tool = {
    type: 'namespace',
    name: 'mcp__files',
    description: 'Files.',
    tools: [{ type: 'function', name: 'read.it', strict: true }],
  };

  it('are flat functions with names that fit; a grammar is told in words', () => {
    const { body, losses, tools } = chat.encodeRequest(
      request([user], { tools: [patch, files, { type: 'search' }] }),
      vendor,
    );
    const functions = objectsAt(body, 'tools').map((tool) => tool['function']);
    expect(functions).toMatchObject([
      { name: 'apply_patch', description: expect.stringContaining('start: X'), parameters: { required: ['input'] } },
      { name: 'mcp__files__read_it', description: 'Files.', strict: true },
      { name: 'tool_search' },
    ]);
    expect(losses.map(({ what }) => what)).toEqual(['tool.grammar']);
    expect(tools.resolve('mcp__files__read_it')).toEqual({
      kind: 'function',
      tool: { name: 'read.it', namespace: 'mcp__files' },
    });
  });

  it('stay freeform at OpenAI, in calls too', () => {
    const past: Item = {
      type: 'tool-call',
      kind: 'custom',
      callId: '1',
      tool: { name: 'apply_patch' },
      input: '*** x',
    };
    const done: Item = { type: 'tool-result', kind: 'custom', callId: '1', output: [] };
    const { body } = chat.encodeRequest(request([past, done], { tools: [patch] }), target('openai'));
    expect(objectsAt(body, 'tools')[0]).toMatchObject({
      type: 'custom',
      custom: { format: { type: 'grammar', grammar: { syntax: 'lark' } } },
    });
    expect(objectsAt(objectsAt(body, 'messages')[0], 'tool_calls')[0]).toEqual({
      id: '1',
      type: 'custom',
      custom: { name: 'apply_patch', input: '*** x' },
    });
  });

  it('declared in the history or found by a search join the others', () => {
    const found: Item = { type: 'tool-result', kind: 'search', callId: '1', output: [], tools: [files] };
    const search: Item = {
      type: 'tool-call',
      kind: 'search',
      callId: '1',
      tool: { name: 'tool_search' },
      input: '{"query":"read"}',
    };
    const { body } = chat.encodeRequest(request([{ type: 'tools', tools: [patch] }, user, search, found]), vendor);
    expect(objectsAt(body, 'tools')).toHaveLength(2);
    expect(objectsAt(body, 'messages').at(-1)?.['content']).toContain('mcp__files__read_it');
  });

  it('that vendors run are hints, unless the vendor has the like', () => {
    const search: Tool = { type: 'hosted', tool: 'web_search', dialect: 'responses', settings: {} };
    expect(lossesOf(request([user], { tools: [search] }))).toEqual(['hint tool.web_search']);
    const able = target('vendor', { webSearch: { type: 'vendor:search' } });
    const live = chat.encodeRequest(request([user], { tools: [search] }), able);
    expect(live).toMatchObject({ body: { tools: [{ type: 'vendor:search' }] }, losses: [] });
    const indexOnly: Tool = { ...search, settings: { external_web_access: false } };
    expect(lossesOf(request([user], { tools: [indexOnly] }), able)).toEqual(['hint tool.web_search']);
  });

  it('are the only reason to send a choice', () => {
    const choice = { toolChoice: { mode: 'auto' }, parallelToolCalls: true } as const;
    expect(chat.encodeRequest(request([user], choice), vendor).body).not.toHaveProperty('parallel_tool_calls');
    expect(chat.encodeRequest(request([user], { ...choice, tools: [files] }), vendor).body).toMatchObject({
      tool_choice: 'auto',
      parallel_tool_calls: true,
    });
  });

  it('are a loss of meaning for a model that cannot call any', () => {
    expect(lossesOf(request([user], { tools: [files] }), target('vendor', {}, { tools: false }))).toEqual([
      'meaning tools',
    ]);
  });
});

describe('settings', () => {
  const format = { type: 'json-schema', name: 'out', schema: { type: 'object' }, strict: true } as const;

  it('enforce a schema as far as the vendor can', () => {
    const asked = request([developer, user], { outputFormat: format });
    expect(chat.encodeRequest(asked, vendor).body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'out', strict: true } },
    });
    const told = chat.encodeRequest(asked, target('vendor', { structuredOutput: 'json_object' }));
    expect(told.body['response_format']).toEqual({ type: 'json_object' });
    expect(objectsAt(told.body, 'messages')[1]).toMatchObject({
      role: 'system',
      content: expect.stringContaining('{"type":"object"}'),
    });
    expect(told.losses).toMatchObject([{ weight: 'hint', what: 'text.format' }]);
    expect(chat.encodeRequest(asked, target('vendor', { structuredOutput: 'none' })).body).not.toHaveProperty(
      'response_format',
    );
  });

  it.each([
    ['xhigh', undefined, 'high'],
    ['low', undefined, 'low'],
    ['ultra', ['low', 'medium'], 'medium'],
    ['minimal', ['low', 'high'], 'low'],
    ['low', ['none', 'high'], 'high'],
    ['max', ['high', 'max'], 'max'],
  ])('ask effort %s of a model that takes %s as %s', (effort, known, asked) => {
    const to = target('vendor', { effort: 'reasoning_effort' }, known ? { reasoningEfforts: known } : {});
    expect(chat.encodeRequest(request([user], { reasoning: { effort } }), to).body['reasoning_effort']).toBe(asked);
    const nested = target('openrouter', { effort: 'openrouter' }, to.abilities);
    expect(chat.encodeRequest(request([user], { reasoning: { effort } }), nested).body['reasoning']).toEqual({
      effort: asked,
    });
  });

  it('that a vendor does not know are hints', () => {
    const asked = request([user], {
      reasoning: { effort: 'low', summary: 'auto' },
      verbosity: 'low',
      serviceTier: 'priority',
      cacheKey: 'k',
    });
    expect(lossesOf(asked)).toEqual([
      'hint reasoning.summary',
      'hint reasoning.effort',
      'hint text.verbosity',
      'hint service_tier',
    ]);
    expect(Object.keys(chat.encodeRequest(asked, vendor).body)).toEqual([
      'model',
      'messages',
      'stream',
      'stream_options',
    ]);
    expect(chat.encodeRequest(asked, target('openai')).body).toMatchObject({
      verbosity: 'low',
      service_tier: 'priority',
      prompt_cache_key: 'k',
      reasoning_effort: 'low',
    });
  });

  it('keep the output limit within the model and under its name', () => {
    const asked = request([user], { maxOutputTokens: 9_000 });
    expect(chat.encodeRequest(asked, target('vendor', {}, { maxOutputTokens: 4_096 })).body).toMatchObject({
      max_tokens: 4_096,
    });
    expect(chat.encodeRequest(asked, target('openai')).body).toMatchObject({ max_completion_tokens: 9_000 });
  });

  it('leave out what the vendor refuses', () => {
    const to = target('vendor', { omit: ['temperature'], noStreamOptions: true });
    const { body, losses } = chat.encodeRequest(request([user], { temperature: 1 }), to);
    expect(Object.keys(body)).toEqual(['model', 'messages', 'stream']);
    expect(losses).toMatchObject([{ what: 'temperature' }]);
  });
});

describe('what cannot be said', () => {
  it.each<[string, Item, string]>([
    [
      'an item of unknown type',
      { type: 'opaque', dialect: 'responses', value: { type: 'compaction' } },
      'meaning item.compaction',
    ],
    [
      'a part of unknown type',
      { ...user, type: 'message', role: 'user', parts: [{ type: 'opaque', dialect: 'gemini', value: {} }] },
      'meaning part.unknown',
    ],
    [
      'a PDF',
      {
        type: 'message',
        role: 'user',
        parts: [{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'AA==' } }],
      },
      'meaning file',
    ],
    [
      'a search that was run',
      { type: 'hosted-call', tool: 'web_search', dialect: 'responses', value: {} },
      'hint hosted-call.web_search',
    ],
  ])('%s is weighed', (_name, item, loss) => {
    expect(lossesOf(request([item]))).toEqual([loss]);
  });

  it('is an image for a model without eyes', () => {
    const item: Item = { type: 'message', role: 'user', parts: [text('see'), image] };
    expect(lossesOf(request([item]), target('vendor', {}, { images: false }))).toEqual(['meaning image']);
    expect(lossesOf(request([item]))).toEqual([]);
  });
});
