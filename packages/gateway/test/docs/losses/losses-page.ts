import type { ClientDialectName, DialectName } from '../../../src/core/items.ts';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type { Loss } from '../../../src/core/loss.ts';
import type { EncodeTarget } from '../../../src/dialects/dialect.ts';
import { dialects, providerDialects } from '../../../src/dialects/registry.ts';
import type { Vendor } from '../../../src/providers/provider.ts';
import { vendors } from '../../../src/providers/vendors.ts';
import { type Feature, features, plain } from './features.ts';

/** A provider as a column: a vendor, one of its dialects, and a model of it. */
interface Column {
  readonly title: string;
  readonly vendor: Vendor;
  readonly dialect: DialectName;
  readonly model: string;
}

function column(title: string, kind: string, dialect: DialectName, model: string): Column {
  const vendor = vendors.get(kind);
  if (!vendor) throw new Error(`no vendor ${kind}`);
  return { title, vendor, dialect, model };
}

/** One for each dialect, and for Chat Completions those whose ways differ most. */
const columns: readonly Column[] = [
  column('OpenAI (Responses)', 'openai', 'responses', 'gpt-5.5'),
  column('OpenAI (Chat)', 'openai', 'chat', 'gpt-5.5'),
  column('Anthropic', 'anthropic', 'messages', 'claude-sonnet-4-5'),
  column('Gemini', 'gemini', 'gemini', 'gemini-3.1-pro-preview'),
  column('Bedrock (Claude)', 'bedrock', 'converse', 'anthropic.claude-sonnet-4-5-20250929-v1:0'),
  column('Cohere', 'cohere', 'cohere', 'command-a-03-2025'),
  column('OpenRouter', 'openrouter', 'chat', 'some/model'),
  column('Mistral', 'mistral', 'chat', 'mistral-large-latest'),
  column('DeepSeek', 'deepseek', 'chat', 'deepseek-chat'),
  column('Any other (Chat)', 'openai-compatible', 'chat', 'some-model'),
];

const clients: readonly (readonly [ClientDialectName, string])[] = [
  ['responses', 'Responses'],
  ['chat', 'Chat Completions'],
  ['messages', 'Messages'],
  ['gemini', 'Gemini'],
];

const introduction = `# Losses

<!-- Made by running the encoders, in packages/gateway/test/docs/losses. Do not edit: UPDATE=1 npx vitest run losses-page -->

What a client can say, and what of it each provider is told. Where both speak the same dialect, requests pass untouched, and all is kept that
the vendor takes. Otherwise they are translated, and what the provider's dialect cannot say is a **loss**:

- ✓ kept
- ~ a **hint** is lost: the answer may be a little worse. The request goes on; the loss stands in the record and in the header \`x-turnpike-losses\`.
- ✗ **meaning** would be lost: the request goes to the next deployment that can say it, or is refused with the reason.

Numbers lead to the reasons below each table. What a single model cannot do (images, tools, reasoning) is not in these tables but in the catalog.
`;

/** The whole page. */
export function lossesPage(): string {
  const tables = clients.map(([client, title]) => tableOf(client, title));
  return [introduction, ...tables, otherVendors()].join('\n');
}

function tableOf(client: ClientDialectName, title: string): string {
  const reasons = new Map<string, number>();
  const rows = features.flatMap((feature) => {
    if (!feature.said[client]) return [];
    const cells = columns.map((each) => cellOf(lossesOf(client, feature, each), reasons));
    return [`| ${[feature.name, ...cells].join(' | ')} |`];
  });
  const head = `| From a ${title} client | ${columns.map((each) => each.title).join(' | ')} |`;
  const notes = [...reasons].map(([reason, number]) => `${number}. ${reason}`);
  return [
    `## From a client of ${title}\n`,
    head,
    `| --- |${' :-: |'.repeat(columns.length)}`,
    ...rows,
    '',
    ...notes,
    '',
  ].join('\n');
}

function cellOf(losses: readonly Loss[], reasons: Map<string, number>): string {
  if (losses.length === 0) return '✓';
  const mark = losses.some(({ weight }) => weight === 'meaning') ? '✗' : '~';
  const numbers = losses.map(({ what, why }) => {
    const reason = `\`${what}\`: ${why}`;
    const number = reasons.get(reason) ?? reasons.size + 1;
    reasons.set(reason, number);
    return number;
  });
  return `${mark} ${numbers.join(', ')}`;
}

/** What a provider is not told of a feature, beyond what it is not told of a plain request. */
function lossesOf(client: ClientDialectName, { said }: Feature, to: Column): readonly Loss[] {
  const always = new Set(allLosses(client, plain[client], to).map(({ what }) => what));
  const asked = allLosses(client, { ...plain[client], ...said[client] }, to);
  return asked.filter(({ what }) => !always.has(what));
}

function allLosses(client: ClientDialectName, body: JsonObject, { vendor, dialect, model }: Column): readonly Loss[] {
  const target: EncodeTarget = { model, issuer: vendor.issuer, abilities: {}, quirks: vendor.quirks ?? {} };
  if (client === dialect) {
    const bytes = Buffer.from(JSON.stringify(body));
    const plan = dialects[client].planExpress({ body: bytes, stream: true, has: (key) => key in body }, target);
    if (plan) return plan.remove.map((what) => ({ weight: 'hint', what, why: `${vendor.title} refuses the field` }));
  }
  return providerDialects[dialect].encodeRequest(dialects[client].decodeRequest(body), target).losses;
}

/** Vendors of the table's dialects that are no columns: by what they are told otherwise than a server of which nothing is known. */
function otherVendors(): string {
  const shown = new Set(columns.map(({ vendor }) => vendor.kind));
  const others = [...vendors.values()].filter(({ kind, speaks }) => !shown.has(kind) && speaks.includes('chat'));
  const unknown = columnOf('openai-compatible');
  const rows = others.map(({ kind, title }) => {
    const differences = features.flatMap((feature) => differenceOf(feature, columnOf(kind), unknown));
    return `| ${title} | ${differences.join('; ') || 'nothing'} |`;
  });
  const text =
    'They are told what any other server of Chat Completions is told (the last column), but for this, from a client of Chat Completions or Responses:';
  return [`## Other vendors\n\n${text}\n`, '| Vendor | Told otherwise |\n| --- | --- |', ...rows, ''].join('\n');
}

function columnOf(kind: string): Column {
  return column(kind, kind, 'chat', 'some-model');
}

function differenceOf(feature: Feature, own: Column, unknown: Column): readonly string[] {
  const client = feature.said.chat ? 'chat' : 'responses';
  if (!isJsonObject(feature.said[client])) return [];
  const mark = (each: Column) => cellOf(lossesOf(client, feature, each), new Map()).slice(0, 1);
  return mark(own) === mark(unknown) ? [] : [`${mark(own)} ${feature.name}`];
}
