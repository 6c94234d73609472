import { describe, expect, it } from 'vitest';
import type { CanonicalRequest } from '../core/items.ts';
import type { JsonObject } from '../core/json.ts';
import type { EncodeTarget } from '../dialects/dialect.ts';
import { impose, imposedEdits, imposeInside } from './impose.ts';

const request: CanonicalRequest = { model: 'm', stream: true, items: [], tools: [] };
const claude: EncodeTarget = { model: 'claude-sonnet-4-5', issuer: 'anthropic', abilities: {}, quirks: {} };

describe('what is imposed on a request in canonical form', () => {
  it('takes the place of what its caller says, a budget for thoughts among it', () => {
    const asked = { ...request, reasoning: { budgetTokens: 100, summary: 'auto' }, temperature: 1 };
    expect(impose(asked, { parameters: { reasoningEffort: 'high', temperature: 0 } })).toEqual({
      ...request,
      reasoning: { effort: 'high', summary: 'auto' },
      temperature: 0,
    });
  });

  it.each([
    [undefined, { outputTokens: 70 }, 70],
    [50, { parameters: { maxOutputTokens: 100 } }, 50],
    [500, { parameters: { maxOutputTokens: 100 } }, 100],
    [500, { parameters: { maxOutputTokens: 100 }, outputTokens: 70 }, 70],
    [-1, { parameters: { maxOutputTokens: 100 } }, 100],
  ])('leaves the shortest limit: %s under %j is %s', (asked, imposed, limit) => {
    const limited = { ...request, ...(asked === undefined ? {} : { maxOutputTokens: asked }) };
    expect(impose(limited, imposed).maxOutputTokens).toBe(limit);
  });

  it('is nothing most often, and then the request is the same one', () => {
    expect(impose(request, { parameters: undefined, outputTokens: undefined })).toBe(request);
  });
});

describe('what is imposed on a request in bytes', () => {
  const fieldsOf = (body: JsonObject) => (key: string) =>
    body[key] === undefined ? undefined : Buffer.from(JSON.stringify(body[key]));

  it('is a limit within which there is room for the thoughts that are imposed, too', () => {
    const fields = fieldsOf({ max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 1024 } });
    const imposed = { parameters: { reasoningEffort: 'high', maxOutputTokens: 8_000 } };
    expect(imposedEdits(imposed, { dialect: 'messages', fields, mayLimit: true }, claude).replace).toMatchObject({
      max_tokens: '8000',
      thinking: '{"type":"enabled","budget_tokens":4000}',
    });
    const unlimited = imposedEdits(imposed, { dialect: 'messages', fields, mayLimit: false }, claude);
    expect(unlimited.replace).toMatchObject({ thinking: '{"type":"enabled","budget_tokens":20480}' });
    expect(unlimited.replace['max_tokens']).toBeUndefined();
  });

  it('is nothing where the caller’s own limit is shorter', () => {
    const own = { dialect: 'chat', fields: fieldsOf({ max_tokens: 50 }), mayLimit: true } as const;
    expect(imposedEdits({ parameters: { maxOutputTokens: 100 } }, own, claude).replace).toEqual({});
  });

  it('goes over what a caller gets back that wrote this dialect itself', () => {
    const body = { max_tokens: 9_000, thinking: { type: 'enabled', budget_tokens: 2_000 }, temperature: 1 };
    const encoded = { body, losses: [{ weight: 'hint', what: 'reasoning.effort', why: 'said before' }] } as const;
    const after = imposeInside(
      encoded,
      { parameters: { reasoningEffort: 'none', verbosity: 'low' } },
      'messages',
      claude,
    );
    expect(after.body).toEqual({ max_tokens: 9_000, thinking: { type: 'disabled' }, temperature: 1 });
    expect(after.losses.map(({ what }) => what)).toEqual(['reasoning.effort', 'text.verbosity']);
    expect(imposeInside(encoded, {}, 'messages', claude)).toBe(encoded);
  });
});
