import { describe, expect, it } from 'vitest';
import { stripSchema } from './strip-schema.ts';

describe('a schema for a vendor that refuses keywords', () => {
  it('loses them wherever they are keywords, and nowhere else', () => {
    const schema = {
      type: 'object',
      minItems: 1,
      properties: {
        minItems: {
          type: 'array',
          minItems: 2,
          items: { anyOf: [{ type: 'string', pattern: '^a' }, { enum: ['minItems'] }] },
        },
      },
      required: ['minItems'],
      default: { minItems: 3 },
      $defs: { pattern: { type: 'string', pattern: 'x' } },
    };
    expect(stripSchema(schema, ['minItems', 'pattern'])).toEqual({
      type: 'object',
      properties: { minItems: { type: 'array', items: { anyOf: [{ type: 'string' }, { enum: ['minItems'] }] } } },
      required: ['minItems'],
      default: { minItems: 3 },
      $defs: { pattern: { type: 'string' } },
    });
  });

  it('stays the same object where there is nothing to lose', () => {
    const schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } };
    expect(stripSchema(schema, ['minItems'])).toBe(schema);
    expect(stripSchema(schema, [])).toBe(schema);
  });
});
