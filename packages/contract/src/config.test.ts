import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configDocument, configJsonSchema } from './config.ts';

const schemaFile = new URL('../config.schema.json', import.meta.url);

describe('the configuration document', () => {
  it('ships a JSON Schema that says what the code says', () => {
    const schema = configJsonSchema();
    if (process.env['UPDATE'] === '1') writeFileSync(schemaFile, `${JSON.stringify(schema, undefined, 2)}\n`);
    const shipped: unknown = JSON.parse(readFileSync(schemaFile, 'utf8'));
    expect(shipped, 'run: UPDATE=1 npx vitest run packages/contract && npx prettier --write packages/contract').toEqual(
      JSON.parse(JSON.stringify(schema)),
    );
  });

  it('describes every field, so that editors can explain it', () => {
    expect(undescribed(JSON.parse(JSON.stringify(configJsonSchema())), '')).toEqual([]);
  });

  it('fills in the defaults of an empty document', () => {
    const document = configDocument.parse({});
    expect(document.server).toMatchObject({ host: '127.0.0.1', port: 8080, max_body_bytes: 67_108_864 });
    expect(document).toMatchObject({ data: './data', log: { level: 'info' }, models: {} });
    expect(document.providers).toBeUndefined();
    expect(document.virtual_keys).toBeUndefined();
  });

  it.each([
    ['http://127.0.0.1:9001', true],
    ['HTTPS://models.example.com/v1/', true],
    ['models.example.com', false],
    ['ftp://models.example.com', false],
    ['https://user:word@models.example.com', false],
    ['https://models.example.com/v1?key=1', false],
    ['https://models.example.com/#v1', false],
    ['http://', false],
  ])('judges the base URL %s as %s', (base_url, good) => {
    expect(configDocument.safeParse({ providers: { local: { base_url } } }).success).toBe(good);
  });

  it.each(['content-length', 'Host', 'transfer-encoding', 'bad name', ''])('refuses the header %j', (name) => {
    expect(configDocument.safeParse({ providers: { openai: { headers: { [name]: 'x' } } } }).success).toBe(false);
  });

  it.each([0.25, 2, '0.0375', '15'])('takes %j for a price', (input) => {
    const models = { m: { price: { input, output: 1 } } };
    expect(configDocument.safeParse({ providers: { openai: { models } } }).success).toBe(true);
  });

  it.each([-1, '1e3', '$2', '2,50', '', Number.POSITIVE_INFINITY])('refuses %j for a price', (input) => {
    const models = { m: { price: { input, output: 1 } } };
    expect(configDocument.safeParse({ providers: { openai: { models } } }).success).toBe(false);
  });
});

/** Paths of fields without a description. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = ['items', 'additionalProperties'].flatMap((word) => undescribed(Reflect.get(schema, word), `${path}*`));
  const fields: unknown = Reflect.get(schema, 'properties') ?? {};
  if (typeof fields !== 'object' || fields === null) return inner;
  return Object.entries(fields).reduce<string[]>((missing, [name, field]) => {
    const described = typeof field === 'object' && field !== null && 'description' in field;
    return [...missing, ...(described ? [] : [`${path}.${name}`]), ...undescribed(field, `${path}.${name}`)];
  }, inner);
}
