import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { sampleOf } from './sample-of.ts';

describe('sampleOf', () => {
  it('fills in what an object requires and leaves out the rest', () => {
    const schema = {
      type: 'object',
      properties: {
        title: { type: 'string' },
        kind: { enum: ['bug', 'idea'] },
        count: { type: 'integer', minimum: 3 },
        sure: { type: ['boolean', 'null'] },
        tags: { type: 'array', items: { type: 'string' } },
        nested: { properties: { name: { type: 'string' } }, required: ['name'] },
        either: { anyOf: [{ type: 'null' }, { type: 'string' }] },
        always: { const: 7 },
        optional: { type: 'string' },
      },
      required: ['title', 'kind', 'count', 'sure', 'tags', 'nested', 'either', 'always'],
    };
    expect(sampleOf(schema, 'demo')).toEqual({
      title: 'demo',
      kind: 'bug',
      count: 3,
      sure: false,
      tags: [],
      nested: { name: 'demo' },
      either: null,
      always: 7,
    });
  });

  it('takes any string where a schema says nothing', () => {
    expect(sampleOf({}, 'x')).toBe('x');
    expect(sampleOf(undefined, 'x')).toBe('x');
    expect(sampleOf({ enum: [] }, 'x')).toBe('x');
  });

  it('ends where a schema does not', () => {
    const properties: { [key: string]: JsonObject } = {};
    const endless: JsonObject = { type: 'object', properties, required: ['again'] };
    properties['again'] = endless;
    expect(JSON.stringify(sampleOf(endless, 'x'))).toMatch(/^({"again":)+"x"}+$/);
  });
});
