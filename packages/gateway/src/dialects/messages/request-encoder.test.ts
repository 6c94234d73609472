import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, Item } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  ask,
  blocksOf,
  bodyOf,
  call,
  lossesOf,
  objects,
  opus,
  result,
  says,
  turnsOf,
  wall,
} from './request-kit.fixture.ts';

describe('prompt caching', () => {
  function marks(body: JsonObject): readonly string[] {
    const places = [
      ...objects(body['tools']).map((block, at) => [`tool ${at}`, block] as const),
      ...objects(body['system']).map((block, at) => [`system ${at}`, block] as const),
      ...turnsOf(body).flatMap((turn, at) => blocksOf(turn).map((block, of) => [`turn ${at}.${of}`, block] as const)),
    ];
    return places.filter(([, block]) => block['cache_control'] !== undefined).map(([place]) => place);
  }

  const history = [
    says('system', 's'),
    says('user', 'a'),
    says('assistant', 'b'),
    says('user', 'c'),
    call('x'),
    result('x'),
  ];

  it('marks the end of tools and system and the moving end of the conversation', () => {
    expect(marks(bodyOf(ask(history)))).toEqual(['system 0', 'turn 2.0', 'turn 4.0']);
    const tools: CanonicalRequest['tools'] = [
      { type: 'function', name: 'a' },
      { type: 'function', name: 'b' },
    ];
    expect(marks(bodyOf(ask([says('user', 'a')], { tools })))).toEqual(['tool 1', 'turn 0.0']);
  });

  it('leaves everything to a caller with marks of its own, up to four', () => {
    const marked: Item = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'x', cache: { ttl: '1h' } }] };
    expect(marks(bodyOf(ask([says('system', 's'), marked])))).toEqual(['turn 0.0']);
    expect(marks(bodyOf(ask([marked, marked, marked, marked, marked, marked])))).toHaveLength(4);
  });

  it('keeps the prefix of a growing conversation, but for the marks', () => {
    const bare = (body: JsonObject) =>
      JSON.stringify({ s: body['system'], m: body['messages'] }).replaceAll(
        ',"cache_control":{"type":"ephemeral"}',
        '',
      );
    const before = bare(bodyOf(ask(history)));
    const after = bare(bodyOf(ask([...history, says('assistant', 'd'), says('user', 'e')])));
    expect(after.startsWith(before.slice(0, -2))).toBe(true);
  });
});

describe('settings', () => {
  it('tell a schema in the API field, without what it refuses', () => {
    const schema = { type: 'object', properties: { minimum: { type: 'integer', minimum: 1 } }, required: ['minimum'] };
    const request = ask([says('user', 'x')], { outputFormat: { type: 'json-schema', name: 'n', schema } });
    expect(bodyOf(request)['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { minimum: { type: 'integer' } },
          required: ['minimum'],
          additionalProperties: false,
        },
      },
    });
    expect(lossesOf(request)).toEqual(['hint output.schema']);
    expect(JSON.stringify(bodyOf(request, wall)['system'])).toContain('JSON Schema');
  });

  it('always ask for a stream and a limit that the model takes', () => {
    expect(bodyOf(ask([says('user', 'x')], { stream: false }))).toMatchObject({ stream: true, max_tokens: 32_000 });
    const small = { ...opus, abilities: { maxOutputTokens: 4_096 } };
    expect(bodyOf(ask([says('user', 'x')], { maxOutputTokens: 9_000 }), small)['max_tokens']).toBe(4_096);
  });

  it('leave out what a vendor refuses', () => {
    const vendor = { ...opus, quirks: { omit: ['service_tier'] } };
    const request = ask([says('user', 'x')], { serviceTier: 'auto', verbosity: 'low' });
    expect(bodyOf(request)['service_tier']).toBe('auto');
    expect(bodyOf(request, vendor)['service_tier']).toBeUndefined();
    expect(lossesOf(request, vendor)).toEqual(['hint text.verbosity', 'hint service_tier']);
  });
});
