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
    ['/gemini/v1beta/local/model:generateContent', 'local/model', false],
  ])('%s names its model and form itself', (path, model, stream) => {
    expect(routeOf(path)).toEqual({ operation: 'generate', dialect: 'gemini', addressed: { model, stream } });
  });

  it.each([
    ['/v1/models', 'responses', undefined],
    ['/models', 'responses', undefined],
    ['/openai/v1/models/local/org/model:tag', 'responses', 'local/org/model:tag'],
    ['/v1/models/a%2Fb', 'responses', 'a/b'],
    ['/anthropic/v1/models', 'messages', undefined],
    ['/anthropic/models/claude-x', 'messages', 'claude-x'],
    ['/v1beta/models', 'gemini', undefined],
    ['/genai/v1beta/models/team/best', 'gemini', 'team/best'],
  ])('%s asks about models in the form of %s', (path, dialect, model) => {
    expect(routeOf(path)).toEqual({ operation: 'models', dialect, ...(model === undefined ? {} : { model }) });
  });

  it.each([
    ['/anthropic/v1/messages/count_tokens', 'anthropic', undefined],
    ['/v1/messages/count_tokens', 'anthropic', undefined],
    ['/v1beta/models/team/best:countTokens', 'google', 'team/best'],
  ])('%s asks for a count of tokens', (path, api, model) => {
    const route = routeOf(path);
    const [place] = route?.operation === 'passage' ? route.places : [];
    expect(place).toMatchObject({
      api,
      operations: [{ name: 'tokens.count' }],
      ...(model === undefined ? {} : { model }),
    });
  });

  it.each([
    '/nothing',
    '/v1',
    '/v1/fine_tuning/jobs',
    '/v1/files/..',
    '/providers/openai',
    '/providers/openai/../x',
    '/v1constructor',
    '/openai__proto__',
    '/openai/v1/responses/resp_1/other',
    '/gemini/v1beta/models/:generateContent',
    '/gemini/v1beta/:generateContent',
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
    ['/v1/embeddings', 'chat', 'openai', '/embeddings'],
    ['/openai/v1/responses/resp_1', 'chat', 'openai', '/responses/resp_1'],
    ['/cursor/files', 'chat', 'openai', '/files'],
    ['/v1/messages/batches', 'messages', 'anthropic', '/messages/batches'],
    ['/anthropic/v1/files', 'messages', 'anthropic', '/files'],
    ['/v1beta/models/a/b:embedContent', 'gemini', 'google', '/models/a/b:embedContent'],
    ['/v2/rerank', 'chat', 'cohere', '/rerank'],
  ])('%s passes through', (url, dialect, api, path) => {
    expect(routeOf(url)).toMatchObject({ operation: 'passage', dialect, path, places: [{ api, path }] });
  });

  it('a provider’s own door leads to answers, to what passes through, and to what only the configuration knows', () => {
    expect(routeOf('/providers/mine/v1/messages')).toMatchObject({ operation: 'generate', provider: 'mine' });
    const files = routeOf('/providers/mine/v1/files');
    expect(files).toMatchObject({ operation: 'passage', provider: 'mine', path: '/v1/files' });
    expect(files?.operation === 'passage' && files.places.map(({ api }) => api)).toEqual([
      'openai',
      'anthropic',
      'google',
    ]);
    expect(routeOf('/providers/mine/v1/unheard/of')).toMatchObject({
      operation: 'passage',
      path: '/v1/unheard/of',
      places: [],
    });
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
