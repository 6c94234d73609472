import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../kit/configuration.ts';

const env = {
  AZURE_OPENAI_API_KEY: 'azure-key',
  AZURE_CLIENT_SECRET: 'azure-secret',
  HOUSE_KEY: 'house-key',
  OPENAI_API_KEY: 'openai-key',
  TURNPIKE_KEY: 'tp-0123456789abcdef0123456789abcdef',
};

function examplesIn(guide: string): readonly string[] {
  const text = readFileSync(new URL(`../../../../docs/guides/${guide}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example = '']) => example);
}

describe.each(['azure', 'vertex', 'custom-provider', 'air-gapped'])('the guide %s', (guide) => {
  it.each(examplesIn(guide))('has an example that works as written: %s', async (example) => {
    const { snapshot, warnings } = await goodConfiguration(example, env);
    expect(warnings).toEqual([]);
    expect(snapshot.providers.size).toBeGreaterThan(0);
  });
});
