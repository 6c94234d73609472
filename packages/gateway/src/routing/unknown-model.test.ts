import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { planRoute } from './plan.ts';
import type { NameSeeker } from './unknown-model.ts';

const document = `
providers:
  openai: { keys: [{ value: sk-1 }] }
  local: { kind: openai-compatible, base_url: http://127.0.0.1:11434/v1, keyless: true }
models:
  old: { targets: [local/old], deprecated: { use: coder, from: 2099-01-01 } }
  coder: { targets: [local/m] }
  "claude-*": { targets: [local/*] }
`;

async function told(model: string, text = document, seeker: NameSeeker = {}): Promise<string> {
  const { snapshot } = await goodConfiguration(text);
  try {
    planRoute(model, snapshot, seeker);
  } catch (thrown) {
    return String(thrown);
  }
  return 'known';
}

describe('a name that nobody knows', () => {
  it.each([
    ['codr', 'coder'],
    [' Coder', 'coder'],
    ['opneai/gpt-5.5', 'openai/gpt-5.5'],
  ])('is told with the one that was probably meant: %s', async (written, meant) => {
    expect(await told(written)).toContain(`The model "${written}" is not known here. Did you mean "${meant}"?`);
  });

  it('is told with those that there are, but for those that are going', async () => {
    expect(await told('x-ray')).toContain(
      'Configured models: coder. Or ask for provider/model, with one of the providers: openai, local.',
    );
    const many = ['coder', 'deep', 'fast', 'small', 'large', 'huge', 'tiny'];
    const models = many.map((name) => `  ${name}: { targets: [local/m] }`).join('\n');
    const text = document.slice(0, document.indexOf('models:'));
    expect(await told('x-ray', `${text}models:\n${models}`)).toContain(
      'Configured models: coder, deep, fast, small, large and 2 more.',
    );
  });

  it('is told with names of the caller’s own, and without those that it may not use', async () => {
    const overlays = [{ holder: 'team "core"', names: { 'fast-one': 'coder', 'a-*': 'coder' } }];
    expect(await told('fastone', document, { overlays })).toContain('Did you mean "fast-one"?');
    const mayUse = (model: string) => model === 'fast-one';
    expect(await told('x-ray', document, { overlays, mayUse })).toContain('Configured models: fast-one. Or');
    expect(await told('codr', document, { mayUse })).toContain('is not known here. Or ask');
  });

  it('says nothing of names where there are none', async () => {
    expect(await told('x-ray', document.slice(0, document.indexOf('models:')))).toContain(
      'The model "x-ray" is not known here. Or ask for provider/model',
    );
  });
});
