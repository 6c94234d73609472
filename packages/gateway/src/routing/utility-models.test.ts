import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { resolveName } from './names.ts';

const providers = `
providers:
  anthropic: { keys: [{ value: sk-0123456789 }] }
models:
  small: { targets: [anthropic/claude-haiku-5-5] }
virtual_keys: [{ name: a, value: vk-0123456789abcdef01 }]
`;
const yes = () => true;
const servedName = (asked: string, snapshot: Snapshot, mayUse: (model: string) => boolean) =>
  resolveName({ asked, mayUse, nowMs: 0 }, snapshot).claimed;

describe('the utility model', () => {
  it('stands in for an agent’s hidden model that nobody serves', async () => {
    const { snapshot } = await goodConfiguration(`${providers}utility_model: small`);
    expect(servedName('codex-auto-review', snapshot, yes)).toBe('small');
    expect(servedName('gpt-6.1-terra', snapshot, yes)).toBe('small');
  });

  it('stands in for one that the key may not use', async () => {
    const { snapshot } = await goodConfiguration(`${providers}utility_model: small`);
    expect(servedName('claude-haiku-4-5', snapshot, yes)).toBe('claude-haiku-4-5');
    expect(servedName('claude-haiku-4-5', snapshot, (model) => model === 'small')).toBe('small');
  });

  it('never stands in for a model that a user asked for', async () => {
    const { snapshot } = await goodConfiguration(`${providers}utility_model: small`);
    expect(servedName('gpt-9-typo', snapshot, yes)).toBe('gpt-9-typo');
  });

  it('is nobody where none is configured', async () => {
    const { snapshot } = await goodConfiguration(providers);
    expect(servedName('codex-auto-review', snapshot, yes)).toBe('codex-auto-review');
  });

  it.each([
    ['smal', 'did you mean `small`?'],
    ['antropic/claude-haiku-5-5', 'did you mean `anthropic`?'],
  ])('must lead somewhere: %s does not', async (name, hint) => {
    const problems = await problemsOf(`${providers}utility_model: ${name}`);
    const found = problems.filter((problem) => problem.includes('utility_model: '));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(hint);
  });

  it('may be a provider’s own model', async () => {
    const { snapshot } = await goodConfiguration(`${providers}utility_model: anthropic/claude-haiku-5-5`);
    expect(snapshot.utilityModel).toBe('anthropic/claude-haiku-5-5');
  });
});
