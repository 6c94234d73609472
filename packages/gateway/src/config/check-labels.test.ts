import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

const document = `
providers:
  near: { kind: openai, tags: [eu, zdr], keys: [{ value: sk-1 }] }
  far: { kind: openai, keys: [{ value: sk-2 }] }
organizations:
  - { id: acme, require_tags: [eu] }
teams:
  - { id: core, organization: acme, require_tags: [EU] }
virtual_keys:
  - { name: ann, value: vk-0123456789abcdef01, team: core, require_tags: [zdr] }
rules:
  - { name: home, when: "true", do: { require_tags: [eu, moon] } }
`;

describe('labels of providers', () => {
  it('are held by them, and demanded by callers', async () => {
    const { snapshot } = await goodConfiguration(document);
    expect([...snapshot.providers.values()].map(({ tags }) => tags)).toEqual([['eu', 'zdr'], undefined]);
  });

  it('are warned of where they are demanded and nobody has them', async () => {
    const problems = (await problemsOf(document)).filter((problem) => problem.includes('has the label'));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(
      /8:\d+.*teams\[0\]\.require_tags\[0\].*no provider has the label `EU`.*did you mean `eu`\?/s,
    );
    expect(problems[1]).toMatch(/12:\d+.*rules\[0\]\.do\.require_tags\[1\].*`moon`.*known: eu, zdr/s);
  });
});
