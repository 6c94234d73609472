import { describe, expect, it } from 'vitest';
import { messages } from './index.ts';
import { ask, bodyOf, call, lossesOf, opus, result, says, sonnet, thought, wall } from './request-kit.fixture.ts';

describe('thinking', () => {
  const high = { reasoning: { effort: 'high', summary: 'auto' } };

  it('is adaptive with effort on newer models', () => {
    expect(bodyOf(ask([says('user', 'x')], high))).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    });
  });

  it('is a budget below the output limit on older ones', () => {
    const body = bodyOf(ask([says('user', 'x')], { ...high, maxOutputTokens: 8_000 }), sonnet);
    expect(body).toMatchObject({ max_tokens: 8_000, thinking: { type: 'enabled', budget_tokens: 6_976 } });
    expect(body['output_config']).toBeUndefined();
  });

  it('gives way where the model cannot think, and says so', () => {
    for (const [more, target] of [
      [{ ...high, toolChoice: { mode: 'required' } }, sonnet],
      [{ ...high, maxOutputTokens: 1_500 }, sonnet],
      [high, wall],
    ] as const) {
      const request = ask([says('user', 'x')], more);
      expect(bodyOf(request, target)['thinking']).toBeUndefined();
      expect(lossesOf(request, target)).toEqual(['hint reasoning.effort']);
    }
  });

  it('is left out inside a tool loop that another model began, where the API demands a thought', () => {
    const foreign = [says('user', 'go'), thought('openai'), call('a'), result('a')];
    expect(bodyOf(ask(foreign, high), sonnet)['thinking']).toBeUndefined();
    expect(bodyOf(ask(foreign, high), opus)['thinking']).toBeDefined();
    expect(
      bodyOf(ask([says('user', 'go'), thought(), call('a'), result('a')], high), sonnet)['thinking'],
    ).toBeDefined();
  });

  it('can be switched off, or made small where it cannot', () => {
    const none = ask([says('user', 'x')], { reasoning: { effort: 'none' } });
    expect(bodyOf(none)['thinking']).toEqual({ type: 'disabled' });
    expect(bodyOf(none, sonnet)['thinking']).toBeUndefined();
    expect(bodyOf(none, { ...opus, model: 'claude-opus-5-5' })).toMatchObject({ output_config: { effort: 'low' } });
  });

  it('takes the nearest effort the model knows', () => {
    const request = ask([says('user', 'x')], { reasoning: { effort: 'ultra' } });
    expect(bodyOf(request)['output_config']).toEqual({ effort: 'max' });
    expect(bodyOf(request, { ...opus, model: 'anthropic/claude-sonnet-4.6' })['output_config']).toEqual({
      effort: 'high',
    });
    expect(lossesOf(request)).toEqual(['hint reasoning.effort']);
  });

  it('that is bound to what stood before it may be dropped by the API, so that tools can change', () => {
    const binding = { block_binding: { prefix_mismatch_behavior: 'drop_block' } };
    const encode = (model: string, issuer = 'anthropic') =>
      messages.encodeRequest(ask([says('user', 'x')], high), { ...opus, model, issuer });
    for (const model of ['claude-opus-5-5', 'claude-haiku-5-5', 'claude-fable-5-1', 'claude-next']) {
      const { body, headers } = encode(model);
      expect(body['thinking']).toEqual({ type: 'adaptive', display: 'summarized', ...binding });
      expect(headers).toEqual({ 'anthropic-beta': 'thinking-binding-controls-2026-08-01' });
    }
    for (const { body, headers } of [encode('claude-opus-4-8'), encode('claude-opus-5-5', 'openrouter')]) {
      expect(body['thinking']).toEqual({ type: 'adaptive', display: 'summarized' });
      expect(headers).toBeUndefined();
    }
    const silent = messages.encodeRequest(ask([says('user', 'x')]), { ...opus, model: 'claude-opus-5-5' });
    expect(silent.body['thinking']).toEqual({ type: 'adaptive', ...binding });
  });

  it('takes sampling away', () => {
    const request = ask([says('user', 'x')], { temperature: 0.2, topP: 0.9, ...high });
    expect(bodyOf(request, sonnet)['temperature']).toBeUndefined();
    expect(lossesOf(request, sonnet)).toEqual(['hint temperature', 'hint top_p']);
    const plain = ask([says('user', 'x')], { temperature: 1.4 });
    expect(bodyOf(plain, sonnet)['temperature']).toBe(1);
  });
});
