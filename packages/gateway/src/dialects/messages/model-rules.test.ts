import { expect, it } from 'vitest';
import { rulesOf } from './model-rules.ts';

function kindOf(model: string): string {
  const rules = rulesOf({ model, issuer: 'anthropic', abilities: {}, quirks: {} });
  return [
    rules.thinking,
    rules.alwaysThinks ? 'always' : '',
    rules.sampling ? 'sampling' : '',
    rules.schemas ? 'schemas' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

it.each([
  ['claude-opus-5-5', 'adaptive always schemas'],
  ['claude-sonnet-5-5-20260901', 'adaptive always schemas'],
  ['claude-fable-5', 'adaptive always schemas'],
  ['claude-opus-5', 'adaptive schemas'],
  ['claude-5-sonnet', 'adaptive schemas'],
  ['claude-haiku-5-5', 'adaptive schemas'],
  ['claude-opus-4-7', 'adaptive schemas'],
  ['us.anthropic.claude-opus-4-6-v1', 'adaptive sampling schemas'],
  ['anthropic/claude-sonnet-4.6', 'adaptive sampling schemas'],
  ['claude-sonnet-4-5-20250929', 'manual sampling schemas'],
  ['claude-4-5-haiku', 'manual sampling schemas'],
  ['claude-opus-4-1-20250805', 'manual sampling schemas'],
  ['claude-sonnet-4-20250514', 'manual sampling'],
  ['claude-opus-4@20250514', 'manual sampling'],
  ['claude-3-7-sonnet-latest', 'manual sampling'],
  ['claude-3-5-sonnet-20241022', 'none sampling'],
  ['claude-next', 'adaptive always schemas'],
  ['deepseek-chat', 'manual sampling'],
])('%s is known as: %s', (model, kind) => {
  expect(kindOf(model)).toBe(kind);
});

it('takes the catalog at its word where a model does not reason', () => {
  const target = { model: 'kimi-k2', issuer: 'moonshot', abilities: { reasoning: false }, quirks: {} };
  expect(rulesOf(target).thinking).toBe('none');
});
