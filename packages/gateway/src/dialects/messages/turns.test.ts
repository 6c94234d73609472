import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { textOf } from './types.ts';
import {
  ask,
  blocksOf,
  bodyOf,
  call,
  lossesOf,
  objects,
  opus,
  outline,
  result,
  says,
  sonnet,
  thought,
  turnsOf,
} from './request-kit.fixture.ts';

function sorted(blocks: readonly JsonObject[], key: string): readonly string[] {
  return blocks.map((block) => textOf(block, key)).toSorted((one, other) => one.localeCompare(other));
}

describe('turns', () => {
  it('put leading system and developer messages into the system prompt and keep later ones in place', () => {
    const body = bodyOf(ask([says('developer', 'A'), says('system', 'B'), says('user', 'Hi'), says('developer', 'C')]));
    expect(objects(body['system']).map((block) => block['text'])).toEqual(['A', 'B']);
    expect(blocksOf(turnsOf(body)[0]).map((block) => block['text'])).toEqual([
      'Hi',
      '<system-reminder>\nC\n</system-reminder>',
    ]);
  });

  it('answer parallel calls together at the start of the next user message', () => {
    const items = [
      says('user', 'go'),
      call('a'),
      call('b'),
      result('b'),
      says('user', 'and faster'),
      result('a'),
      says('assistant', 'done'),
      says('user', 'thanks'),
    ];
    const body = bodyOf(ask(items));
    expect(outline(body)).toEqual([
      'user: text',
      'assistant: tool_use tool_use',
      'user: tool_result tool_result text',
      'assistant: text',
      'user: text',
    ]);
    expect(lossesOf(ask(items))).toEqual([]);
  });

  it('fetch a late result to the message that must hold it', () => {
    const body = bodyOf(ask([says('user', 'go'), call('a'), says('user', 'hm'), says('assistant', 'x'), result('a')]));
    expect(outline(body)).toEqual([
      'user: text',
      'assistant: tool_use',
      'user: tool_result text',
      'assistant: text',
      'user: text',
    ]);
  });

  it('invent a failed result for a call without one', () => {
    const request = ask([says('user', 'go'), call('a')]);
    expect(blocksOf(turnsOf(bodyOf(request))[2])[0]).toMatchObject({ tool_use_id: 'a', is_error: true });
    expect(lossesOf(request)).toEqual(['hint tool-result.missing']);
  });

  it('tell a result without a call as text', () => {
    const request = ask([says('user', 'go'), result('gone', 'left over')]);
    expect(outline(bodyOf(request))).toEqual(['user: text text text']);
    expect(lossesOf(request)).toEqual(['hint tool-result.orphan']);
  });

  it('give repeated and odd call ids new ones, the same for call and result', () => {
    const items = [says('user', 'go'), call('c/1'), result('c/1'), call('c/1'), result('c/1', 'second')];
    const turns = turnsOf(bodyOf(ask(items)));
    const ids = [1, 3].map((at) => textOf(blocksOf(turns[at])[0] ?? {}, 'id'));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect([2, 4].map((at) => blocksOf(turns[at])[0]?.['tool_use_id'])).toEqual(ids);
  });

  it('begin and end with the user', () => {
    const request = ask([says('assistant', 'I was saying ')]);
    expect(outline(bodyOf(request))).toEqual(['user: text', 'assistant: text', 'user: text']);
    expect(blocksOf(turnsOf(bodyOf(request, sonnet))[1])[0]?.['text']).toBe('I was saying');
  });

  it('hold no empty text and no empty message', () => {
    const body = bodyOf(ask([says('user', 'a'), says('assistant', ''), says('user', ''), says('user', 'b')]));
    expect(outline(body)).toEqual(['user: text text']);
  });

  it('keep arguments that are no JSON object readable', () => {
    const request = ask([says('user', 'go'), call('a', '{"cmd": '), result('a')]);
    expect(blocksOf(turnsOf(bodyOf(request))[1])[0]?.['input']).toEqual({ _raw: '{"cmd": ' });
    expect(lossesOf(request)).toEqual(['hint tool-call.input']);
  });

  it('tell what a search for tools found', () => {
    const search: Item = { type: 'tool-call', kind: 'search', callId: 'a', tool: { name: 'tool_search' }, input: '{}' };
    const found: Item = { ...result('a'), kind: 'search', output: [], tools: [{ type: 'function', name: 'read' }] };
    const [, , answer] = turnsOf(bodyOf(ask([says('user', 'go'), search, found])));
    expect(JSON.stringify(answer)).toContain('can be called now: read');
  });

  it('are legal for any history', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const anyItem: fc.Arbitrary<Item> = fc.oneof(
      fc
        .constantFrom('user', 'assistant', 'developer')
        .map((role) => says(role === 'user' ? 'user' : role === 'assistant' ? 'assistant' : 'developer', 'x')),
      ids.map((id) => call(id)),
      ids.map((id) => result(id)),
      fc.constantFrom('anthropic', 'openai').map(thought),
    );
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 14 }), (items) => {
        const turns = turnsOf(bodyOf(ask(items)));
        turns.forEach((turn, at) => {
          expect(turn['role']).toBe(at % 2 === 0 ? 'user' : 'assistant');
          const blocks = blocksOf(turn);
          expect(blocks.length).toBeGreaterThan(0);
          const calls = blocks.filter((block) => block['type'] === 'tool_use').map((block) => block['id']);
          const next = blocksOf(turns[at + 1])
            .slice(0, calls.length)
            .map((block) => block['tool_use_id']);
          expect(new Set(next)).toEqual(new Set(calls));
        });
        const results = turns.flatMap(blocksOf).filter((block) => block['type'] === 'tool_result');
        const calls = turns.flatMap(blocksOf).filter((block) => block['type'] === 'tool_use');
        expect(sorted(results, 'tool_use_id')).toEqual(sorted(calls, 'id'));
      }),
    );
  });
});

describe('media', () => {
  it('stand in messages and tool results', () => {
    const png = { kind: 'data', mediaType: 'image/png', base64: 'AAAA' } as const;
    const pdf = { kind: 'data', mediaType: 'application/pdf', base64: 'AAAA' } as const;
    const items: Item[] = [
      {
        type: 'message',
        role: 'user',
        parts: [
          { type: 'image', source: png },
          { type: 'file', source: pdf, filename: 'a.pdf' },
        ],
      },
      call('a'),
      { ...result('a'), output: [{ type: 'image', source: png }] },
    ];
    const turns = turnsOf(bodyOf(ask(items)));
    expect(blocksOf(turns[0])).toMatchObject([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf' } },
    ]);
    expect(objects(blocksOf(turns[2])[0]?.['content'])).toMatchObject([{ type: 'image' }]);
    const apart = turnsOf(bodyOf(ask(items), { ...opus, quirks: { noImagesInToolResults: true } }));
    expect(blocksOf(apart[2]).map((block) => block['type'])).toEqual(['tool_result', 'image']);
  });

  it('are lost with meaning where Claude cannot take them', () => {
    const tiff = { kind: 'data', mediaType: 'image/tiff', base64: 'AAAA' } as const;
    const image: Item = { type: 'message', role: 'user', parts: [{ type: 'image', source: tiff }] };
    expect(lossesOf(ask([image]))).toContain('meaning part.image');
    const file: Item = {
      type: 'message',
      role: 'user',
      parts: [{ type: 'file', source: { kind: 'file-id', dialect: 'responses', id: 'f' } }],
    };
    expect(lossesOf(ask([file]))).toContain('meaning part.file');
  });
});

describe('sealed thoughts', () => {
  const loop = [says('user', 'go'), thought(), call('a'), result('a')];

  it('go back byte for byte to their issuer, in their place', () => {
    const blocks = blocksOf(turnsOf(bodyOf(ask(loop)))[1]);
    expect(blocks[0]).toEqual({ type: 'thinking', thinking: 'hm', signature: 'c2lnbmF0dXJl' });
    expect(blocks[1]?.['type']).toBe('tool_use');
  });

  it('are never sent to anyone else', () => {
    const body = JSON.stringify(bodyOf(ask(loop), { ...opus, issuer: 'deepseek' }));
    expect(body).not.toContain('c2lnbmF0dXJl');
    expect(lossesOf(ask([says('user', 'go'), thought('openai'), says('assistant', 'x'), says('user', 'y')]))).toEqual([
      'hint reasoning.seal',
    ]);
  });

  it('are dropped where they led to nothing', () => {
    expect(outline(bodyOf(ask([says('user', 'a'), thought(), says('user', 'b')])))).toEqual(['user: text text']);
  });
});
