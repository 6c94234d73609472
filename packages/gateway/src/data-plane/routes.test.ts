import { describe, expect, it } from 'vitest';
import { dialectOfPath, pathOf, routeOf } from './routes.ts';

describe('a path', () => {
  it.each([
    ['/openai/v1/responses', 'responses'],
    ['/openai/responses', 'responses'],
    ['/v1/responses', 'responses'],
    ['/responses', 'responses'],
    ['/anthropic/v1/responses', 'responses'],
    ['/v1/chat/completions', 'chat'],
    ['/openai/v1/chat/completions', 'chat'],
    ['/cursor/chat/completions', 'chat'],
    ['/anthropic/v1/messages', 'messages'],
    ['/v1/messages', 'messages'],
  ])('%s leads to %s', (path, dialect) => {
    expect(routeOf(path)).toEqual({ operation: 'generate', dialect });
  });

  it.each([
    ['/gemini/v1beta/models/gemini-3:generateContent', 'gemini-3', false],
    ['/v1beta/models/gemini-3:streamGenerateContent', 'gemini-3', true],
    ['/genai/v1/models/local/org/model:tag:streamGenerateContent', 'local/org/model:tag', true],
    ['/gemini/v1beta/models/a%2Fb:generateContent', 'a/b', false],
    ['/gemini/v1beta/models/100%:generateContent', '100%', false],
  ])('%s names its model and form itself', (path, model, stream) => {
    expect(routeOf(path)).toEqual({ operation: 'generate', dialect: 'gemini', addressed: { model, stream } });
  });

  it.each([
    '/nothing',
    '/v1',
    '/v1/embeddings',
    '/v1constructor',
    '/openai__proto__',
    '/openai/v1/responses/resp_1',
    '/gemini/v1beta/models/:generateContent',
  ])('%s leads nowhere', (path) => {
    expect(routeOf(path)).toBeUndefined();
  });

  it.each([
    ['/v1/responses?x=1', '/v1/responses'],
    ['/v1/responses/', '/v1/responses'],
    ['/', '/'],
    ['', ''],
  ])('%s is read as %s', (url, path) => {
    expect(pathOf(url)).toBe(path);
  });

  it.each([
    ['/anthropic/x', 'messages'],
    ['/v1beta/x', 'gemini'],
    ['/x/chat/completions', 'chat'],
    ['/x', 'responses'],
  ])('%s that leads nowhere is answered in %s', (path, dialect) => {
    expect(dialectOfPath(path)).toBe(dialect);
  });
});
