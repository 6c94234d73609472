import { describe, expect, it } from 'vitest';
import { fitSchema, toJsonSchema } from './schema.ts';

describe('fitSchema', () => {
  it('leaves a schema without references alone', () => {
    const schema = { type: 'object', $schema: 'x', properties: { a: { type: 'string' } } };
    expect(fitSchema(schema).schema).toBe(schema);
  });

  it('writes references out in place and keeps what stood beside them', () => {
    const fitted = fitSchema({
      type: 'object',
      properties: { a: { $ref: '#/definitions/A', description: 'mine' }, b: { items: { $ref: '#/properties/a' } } },
      definitions: { A: { type: 'string', description: 'theirs' } },
    });
    const a = { type: 'string', description: 'mine' };
    expect(fitted).toEqual({
      schema: { type: 'object', properties: { a, b: { items: a } } },
      lossy: false,
    });
  });

  it('tells what refers to itself as any object, and says that something was lost', () => {
    const fitted = fitSchema({ properties: { a: { $ref: '#' } } });
    expect(fitted.lossy).toBe(true);
    expect(JSON.stringify(fitted.schema)).not.toContain('$ref');
  });

  it('does not let references to references grow without bounds', () => {
    const definitions: Record<string, object> = { L0: { type: 'string' } };
    for (let level = 1; level < 40; level += 1) {
      const $ref = `#/$defs/L${level - 1}`;
      definitions[`L${level}`] = { properties: { a: { $ref }, b: { $ref } } };
    }
    const schema = JSON.parse(JSON.stringify({ $ref: '#/$defs/L39', $defs: definitions }));
    const fitted = fitSchema(schema);
    expect(fitted.lossy).toBe(true);
    expect(JSON.stringify(fitted.schema).length).toBeLessThan(200_000);
  });
});

it('toJsonSchema lowers types and knows nullable, but leaves names of properties alone', () => {
  const older = {
    type: 'OBJECT',
    properties: { type: { type: 'STRING', nullable: true }, nullable: { type: 'BOOLEAN' } },
  };
  expect(toJsonSchema(older)).toEqual({
    type: 'object',
    properties: { type: { type: ['string', 'null'] }, nullable: { type: 'boolean' } },
  });
});
