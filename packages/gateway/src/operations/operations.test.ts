import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confinedPath } from './confined-path.ts';
import { findPlace } from './find-place.ts';
import { operations } from './table.ts';
import { createUsageFinder } from './usage-finder.ts';

describe('a path', () => {
  it.each(['/a', '/a/b-c_d.e', '/models/x:embedContent', '/a%20b', '/%E2%82%AC', '/...'])('%s stays below', (path) => {
    expect(confinedPath(path)).toBe(path);
  });

  it.each([
    '',
    '/',
    'a',
    '/a/',
    '/..',
    '/a/../b',
    '/./a',
    '/a//b',
    '/%2E%2e',
    '/%252e%252e',
    '/a%2Fb',
    '/a%5c',
    '/a?b',
  ])('%s could lead elsewhere', (path) => {
    expect(confinedPath(path)).toBeUndefined();
  });

  it.each(['/a%', '/a%2', '/%ff', '/a b', '/a%0d%0a', '/é'])('%s is none', (path) => {
    expect(confinedPath(path)).toBeUndefined();
  });

  it('that passes means to a URL parser what it says', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        fc.pre(confinedPath(path) !== undefined);
        expect(new URL(`https://provider.example/v1${path}`).pathname).toBe(`/v1${path}`);
      }),
    );
  });
});

describe('an operation', () => {
  it('is found by its path, one for each method', () => {
    expect(findPlace('openai', '/files/file-1')?.operations.map(({ name }) => name)).toEqual([
      'files.get',
      'files.delete',
    ]);
    expect(findPlace('google', '/models/a/b:embedContent')).toMatchObject({ model: 'a/b' });
    expect(findPlace('openai', '/files/a/b')).toBeUndefined();
    expect(findPlace('openai', '/files/..')).toBeUndefined();
  });

  it('has a place of its own', () => {
    const places = Object.values(operations).flatMap((all) =>
      all.map(({ api, method, path }) => `${api} ${method} ${path}`),
    );
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('usage', () => {
  const find = (...chunks: readonly string[]) => {
    const finder = createUsageFinder();
    for (const chunk of chunks) finder.push(Buffer.from(chunk));
    return finder.usage();
  };
  const vectors = JSON.stringify(Array.from({ length: 60_000 }, (_, at) => at));

  it.each([
    ['OpenAI', '{"usage":{"prompt_tokens":7,"total_tokens":7}}', 7, 0],
    ['a sum alone', '{"usage": {"total_tokens": 9}}', 9, 0],
    ['images', '{"usage":{"input_tokens":3,"output_tokens":5,"input_tokens_details":{"image_tokens":1}}}', 3, 5],
    ['Gemini', '{"usageMetadata":{"promptTokenCount":4}}', 4, 0],
    ['Cohere', '{"meta":{"billed_units":{"input_tokens":6}}}', 6, 0],
    ['the last of a stream', 'data: {"usage":{"input_tokens":1}}\n\ndata: {"usage":{"input_tokens":2}}\n\n', 2, 0],
    ['a beginning', `{"usage":{"total_tokens":8},"data":${vectors}}`, 8, 0],
    ['an end', `{"data":${vectors},"usage":{"total_tokens":8}}`, 8, 0],
  ])('is read from %s', (_, text, inputTokens, outputTokens) => {
    expect(find(text)).toMatchObject({ inputTokens, outputTokens });
    expect(find(...(text.match(/[^]{1,7}/g) ?? []))).toMatchObject({ inputTokens, outputTokens });
  });

  it('tells what is billed by the piece, and input that is no text', () => {
    expect(find('{"meta":{"billed_units":{"search_units":2}}}')).toMatchObject({
      inputTokens: 0,
      units: { rerank: 2 },
    });
    expect(find('{"text":"hi","usage":{"type":"duration","seconds":12.5}}')).toMatchObject({ units: { second: 12.5 } });
    const details = '{"image_tokens":194,"text_tokens":10}';
    expect(find(`{"usage":{"input_tokens":204,"output_tokens":9,"input_tokens_details":${details}}}`)).toMatchObject({
      inputTokens: 204,
      inputImageTokens: 194,
    });
  });

  it.each([
    '',
    '{"usage":null}',
    '{"usage":{}}',
    '{"usage":{"prompt_tokens":-1}}',
    '{"a":"\\"usage\\":{\\"total_tokens\\":1}"}',
    '{"usage":{"total',
  ])('is not read from %s', (text) => {
    expect(find(text)).toBeUndefined();
  });
});
