import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { planRoute } from './plan.ts';

const document = `
providers:
  openai: { keys: [{ value: sk-1, name: first }, { value: sk-2, name: second }] }
  claude: { kind: anthropic, keys: [{ value: sk-3 }] }
  local:
    kind: openai-compatible
    base_url: http://127.0.0.1:11434/v1
    keyless: true
    models: { house-model: { free: true } }
models:
  fast: { targets: [local/qwen3-coder], fallbacks: [openai/gpt-4.1, claude/claude-sonnet-4-5] }
  gpt-4.1: { targets: [local/other] }
`;

async function planned(model: string, text = document): Promise<readonly string[]> {
  const { snapshot } = await goodConfiguration(text);
  return planRoute(model, snapshot).map(({ provider, model: name, credential }) => {
    return `${provider.name}/${name} ${credential.id}`;
  });
}

describe('a plan', () => {
  it('follows an alias: targets, then fallbacks, each with all its keys', async () => {
    const plan = await planned('fast');
    expect(plan.map((step) => step.split(' ')[0])).toEqual([
      'local/qwen3-coder',
      'openai/gpt-4.1',
      'openai/gpt-4.1',
      'claude/claude-sonnet-4-5',
    ]);
    expect(new Set(plan).size).toBe(4);
  });

  it('has only keys that are for the model', async () => {
    const pool =
      'providers: { groq: { keys: [{ value: a, name: all }, { value: b, name: qwen, models: ["qwen*"] }] } }';
    expect(await planned('groq/qwen3', pool)).toEqual(['groq/qwen3 groq#all', 'groq/qwen3 groq#qwen']);
    expect(await planned('groq/llama', pool)).toEqual(['groq/llama groq#all']);
    const narrow = 'providers: { groq: { keys: [{ value: b, models: ["qwen*"] }] } }';
    await expect(planned('groq/llama', narrow)).rejects.toThrow(
      'No key of the provider "groq" is for the model "llama".',
    );
  });

  it('prefers an alias to a model of the same name', async () => {
    expect(await planned('gpt-4.1')).toMatchObject([expect.stringMatching(/^local\/other /)]);
  });

  it('takes provider/model at its word, slashes and all', async () => {
    expect(await planned('local/org/model:tag')).toMatchObject([expect.stringMatching(/^local\/org\/model:tag /)]);
  });

  it('finds a bare name at the provider that is known to offer it', async () => {
    expect((await planned('claude-sonnet-4-5'))[0]).toMatch(/^claude\/claude-sonnet-4-5 /);
    expect((await planned('house-model'))[0]).toMatch(/^local\/house-model /);
  });

  it.each(['nonesuch', 'nowhere/model', '/model', 'openai/', ''])(
    'refuses %j and names what there is',
    async (model) => {
      const { snapshot } = await goodConfiguration(document);
      expect(() => planRoute(model, snapshot)).toThrow(
        expect.objectContaining({
          code: 'model-unknown',
          message: expect.stringMatching(/fast, gpt-4\.1.*openai, claude, local/),
        }),
      );
    },
  );

  it('gives any bare name to a lone provider whose models nobody can list', async () => {
    const alone = 'providers: { local: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1", keyless: true } }';
    expect(await planned('whatever', alone)).toMatchObject([expect.stringMatching(/^local\/whatever /)]);
  });
});
