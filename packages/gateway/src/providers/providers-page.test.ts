import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Vendor } from './provider.ts';
import { vendors } from './vendors.ts';

const folder = fileURLToPath(new URL('../../../../docs/reference', import.meta.url));
const page = `${folder}/providers.md`;

const introduction = `# Providers

<!-- Made from the rows in packages/gateway/src/providers by providers-page.test.ts. Do not edit: UPDATE=1 npx vitest run providers-page -->

A provider in the configuration has a \`kind\`, which is one of these; without it, its name is taken as its kind. Everything a
row says can be said otherwise there: \`base_url\`, \`speaks\`, \`endpoints\`, \`headers\`, \`quirks\`, keys, prices and abilities of models.
Guides: [Azure](../guides/azure.md), [Vertex AI](../guides/vertex.md), [custom](../guides/custom-provider.md). How to add a row:
[Add a provider](../guides/add-a-provider.md).

- **Speaks**: dialects in order of preference. A caller's own dialect comes first where the provider has it; then requests pass
  untouched. Some vendors offer more than is listed, in beta or for some models; \`speaks: [chat, responses]\` turns that on.
- **Key from**: environment variables that are looked at, in this order, when the configuration names no key. Started without any
  configuration, Turnpike uses every provider whose variable is set.
- **Local** providers need no key. Private and link-local addresses are refused unless the provider says \`allow_private: true\`;
  loopback is always allowed.
`;

function rowOf(vendor: Vendor): string {
  const code = (text: string) => `\`${text}\``;
  const keys = vendor.environment.map(code).join(', ') || (vendor.local ? 'local, none needed' : 'yours to say');
  const title = vendor.docs.startsWith('https:') ? `[${vendor.title}](${vendor.docs})` : vendor.title;
  const speaks = vendor.speaks.map(code).join(', ') || 'yours to say';
  const key = vendor.cloud === undefined ? keys : `${keys}, or \`auth: { ${vendor.cloud}: … }\``;
  return `| ${[code(vendor.kind), title, addressOf(vendor), speaks, key].join(' | ')} |`;
}

function addressOf({ kind, baseUrl, regional }: Vendor): string {
  if (regional) return `by \`region\`: \`${regional.baseUrl(regional.fallback ?? 'REGION')}\``;
  if (baseUrl !== undefined) return `\`${baseUrl}\``;
  return kind === 'demo' ? 'built in' : 'yours to say';
}

it('docs/reference/providers.md says what the rows say', () => {
  const head = '| Kind | Vendor | Base URL | Speaks | Key from |\n| --- | --- | --- | --- | --- |';
  const text = `${introduction}\n${[head, ...[...vendors.values()].map(rowOf)].join('\n')}\n`;
  if (process.env['UPDATE'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(page, text);
  }
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text);
});
