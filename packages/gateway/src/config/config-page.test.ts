import { readFileSync } from 'node:fs';
import { configJsonSchema } from '@turnpike/contract/config';
import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';
import { isJsonObject } from '../core/json.ts';

const page = readFileSync(new URL('../../../../docs/reference/config.md', import.meta.url), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

describe('the reference page of the configuration', () => {
  it('has an example that works as written', async () => {
    const keys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'ALICE_KEY'];
    const env = Object.fromEntries(keys.map((name) => [name, `${name}-0123456789`]));
    const { snapshot, warnings } = await goodConfiguration(example, env);
    expect(warnings).toEqual([]);
    expect([...snapshot.providers.keys()]).toEqual(['openai', 'claude', 'gemini', 'local']);
  });

  it('shows problems as they are printed', async () => {
    const shown = page.split('\n').filter((line) => /^turnpike\.yaml:\d/.test(line));
    expect(shown).toHaveLength(2);
    const printed = await problemsOf(example.replace('virtual_keys', 'virtualKeys'));
    expect(printed).toEqual(expect.arrayContaining(shown));
  });

  it('explains every field, and names the defaults that hold', () => {
    const schema: unknown = JSON.parse(JSON.stringify(configJsonSchema()));
    const fields = fieldsOf(schema);
    expect(fields.length).toBeGreaterThan(30);
    expect(fields.filter(({ name }) => !new RegExp(`\\b${name.replace('$', '')}\\b`).test(page))).toEqual([]);
    const numbers = fields.filter((field) => typeof field.value === 'number');
    expect(numbers.filter(({ name, value }) => !page.includes(`| \`${name}\` | \`${String(value)}\``))).toEqual([]);
  });
});

/** Every field of a schema, with its default. */
function fieldsOf(schema: unknown): { name: string; value: unknown }[] {
  if (!isJsonObject(schema)) return [];
  const inner = [schema['items'], schema['additionalProperties']].flatMap(fieldsOf);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).reduce(
    (all, [name, field]) => [
      ...all,
      { name, value: isJsonObject(field) ? field['default'] : undefined },
      ...fieldsOf(field),
    ],
    inner,
  );
}
