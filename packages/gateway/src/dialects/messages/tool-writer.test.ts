import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, Item } from '../../core/items.ts';
import { ask, blocksOf, bodyOf, lossesOf, objects, opus, result, says, turnsOf } from './request-kit.fixture.ts';

describe('tools', () => {
  const tools: CanonicalRequest['tools'] = [
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Patches.',
      grammar: { syntax: 'lark', definition: 'start: "x"' },
    },
    {
      type: 'namespace',
      name: 'web.fetch',
      description: 'Web.',
      tools: [{ type: 'function', name: 'get', description: 'Gets.' }],
    },
    { type: 'search', description: 'Finds tools.' },
    {
      type: 'hosted',
      tool: 'web_search',
      dialect: 'responses',
      settings: { type: 'web_search', external_web_access: true },
    },
    { type: 'hosted', tool: 'image_generation', dialect: 'responses', settings: { type: 'image_generation' } },
  ];
  const items = [says('user', 'x')];

  it('are told as functions with legal names, web search as Anthropic runs it', () => {
    const request = ask(items, { tools, parallelToolCalls: false, toolChoice: { mode: 'auto' } });
    const body = bodyOf(request);
    expect(objects(body['tools']).map((tool) => tool['name'])).toEqual([
      'apply_patch',
      'web_fetch__get',
      'tool_search',
      'web_search',
    ]);
    expect(objects(body['tools'])[0]).toMatchObject({ input_schema: { required: ['input'] } });
    expect(objects(body['tools'])[1]).toMatchObject({ description: 'Web.\n\nGets.', input_schema: { type: 'object' } });
    expect(body['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(lossesOf(request)).toEqual(['hint tool.grammar', 'hint tool.image_generation']);
  });

  it('come from the history too, where lite Codex declares them', () => {
    const body = bodyOf(ask([{ type: 'tools', tools }, says('developer', 'base'), ...items]));
    expect(objects(body['tools'])).toHaveLength(4);
    expect(objects(body['system'])).toHaveLength(1);
  });

  it('are not forced on a model that refuses it', () => {
    const request = ask(items, { tools, toolChoice: { mode: 'tool', tool: { name: 'apply_patch' }, kind: 'custom' } });
    expect(bodyOf(request)['tool_choice']).toEqual({ type: 'tool', name: 'apply_patch' });
    expect(bodyOf(request, { ...opus, model: 'claude-fable-5-1' })['tool_choice']).toBeUndefined();
  });

  it('lose meaning when nobody here can say them', () => {
    const unknown = ask(items, { tools: [{ type: 'opaque', dialect: 'responses', value: { type: 'odd' } }] });
    expect(lossesOf(unknown)).toEqual(['meaning tool.unknown']);
  });

  it('write freeform calls in the history as the function the model knows', () => {
    const patch: Item = {
      type: 'tool-call',
      kind: 'custom',
      callId: 'p',
      tool: { name: 'apply_patch' },
      input: '*** Begin',
    };
    const body = bodyOf(ask([...items, patch, { ...result('p'), kind: 'custom' }], { tools }));
    expect(blocksOf(turnsOf(body)[1])[0]).toMatchObject({ name: 'apply_patch', input: { input: '*** Begin' } });
  });
});
