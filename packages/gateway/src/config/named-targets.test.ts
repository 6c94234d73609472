import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';

const document = `
providers:
  a: { kind: openai-compatible, base_url: http://127.0.0.1:1/v1, keyless: true }
  b: { kind: openai-compatible, base_url: http://127.0.0.1:2/v1, keyless: true }
models:
  fast:
    targets: [a/f, { target: b/f, parameters: { verbosity: high } }]
    parameters: { reasoning_effort: low, verbosity: low, max_output_tokens: 1000 }
  coder:
    targets: [{ target: fast, parameters: { reasoning_effort: high } }]
    parameters: { temperature: 0.1, verbosity: medium, max_output_tokens: 500 }
    failover: { deadline_ms: 4000 }
  "gpt-*": { targets: [coder] }
`;

describe('a name as a target of another', () => {
  it('sets there what it sets itself, but for what is set nearer to the model or where it is named', async () => {
    const { snapshot } = await goodConfiguration(document);
    const chain = snapshot.aliases.get('coder')?.chain ?? [];
    expect(chain.map(({ provider, parameters }) => [provider.name, parameters])).toEqual([
      ['a', { temperature: 0.1, reasoningEffort: 'high', verbosity: 'low', maxOutputTokens: 500 }],
      ['b', { temperature: 0.1, reasoningEffort: 'high', verbosity: 'high', maxOutputTokens: 500 }],
    ]);
  });

  it('leaves to the asked name what holds for a request as a whole', async () => {
    const { snapshot } = await goodConfiguration(document);
    const deadlines = ['coder', 'fast'].map((name) => snapshot.aliases.get(name)?.chain[0].failover?.deadlineMs);
    expect(deadlines).toEqual([4000, undefined]);
  });

  it('can be one of a pattern', async () => {
    const { snapshot } = await goodConfiguration(document);
    const [pattern] = snapshot.names.patterns;
    const alias = pattern && snapshot.names.aliasOf(pattern.value, 'gpt-9', '9');
    expect(alias?.chain.map(({ provider, groups }) => [provider.name, groups])).toEqual([
      ['a', ['fast', 'coder']],
      ['b', ['fast', 'coder']],
    ]);
  });
});
