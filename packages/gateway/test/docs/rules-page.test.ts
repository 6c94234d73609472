import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../kit/configuration.ts';
import { rulesPage } from './rules-page.ts';

const page = fileURLToPath(new URL('../../../../docs/reference/rules.md', import.meta.url));
const guide = readFileSync(new URL('../../../../docs/guides/rules.md', import.meta.url), 'utf8');
const examples = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';

const around = `
providers:
  openai: { keyless: true, base_url: http://127.0.0.1:9/v1, tags: [eu] }
models:
  coder: { targets: [{ group: cheap, targets: [openai/gpt-5] }, openai/gpt-5.5] }
  coder-next: { targets: [openai/gpt-6] }
  small: { targets: [openai/gpt-5-mini] }
  long: { targets: [openai/gpt-4.1] }
`;

it('the reference page of rules says what conditions can ask: else run UPDATE=1 npx vitest run rules-page', async () => {
  const text = await format(rulesPage(), { parser: 'markdown', printWidth: 120 });
  if (process.env['UPDATE'] === '1') writeFileSync(page, text);
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text);
});

it('the examples of the guide to rules are valid', async () => {
  const { snapshot, warnings } = await goodConfiguration(around + examples);
  expect(warnings).toEqual([]);
  expect(snapshot.rules.rules).toHaveLength(10);
});

it('the guide to rules shows mistakes as they are printed', async () => {
  const shown = /```\nturnpike\.yaml:14:\d+ {2}([\s\S]*?)```/.exec(guide)?.[1]?.trimEnd();
  const printed = await problemsOf(
    around + examples.replace(/when: metadata.*/, 'when: metdata.seniority == "junior"'),
  );
  expect(printed).toEqual([expect.stringContaining(shown ?? 'nothing')]);
});
