// Builds packages/gateway/src/catalog/models.generated.json: what models cost and can do.
//
//   node scripts/build-catalog.mjs [--as-of YYYY-MM-DD]
//
// Prices come from @pydantic/genai-prices (a devDependency), abilities from the data files of @earendil-works/pi-ai,
// which is fetched into a temporary folder and not installed: its code is not needed. Where both know a price and
// disagree, the abilities package wins: its data is the younger one. The result is committed; nothing runs this in CI.
//
// One row per model: name|context|max output|abilities|efforts|tiers|units|dated prices. See parse-row.ts for its meaning.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';

const abilitiesPackage = '@earendil-works/pi-ai@1.5.2';
const target = fileURLToPath(new URL('../packages/gateway/src/catalog/models.generated.json', import.meta.url));

/** Price id -> name of the data file with abilities, if there is one. Makers of models stand before those who host others'. */
const providers = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'x-ai': 'xai',
  deepseek: 'deepseek',
  moonshotai: 'moonshotai',
  zai: 'zai',
  minimax: 'minimax',
  mistral: 'mistral',
  perplexity: undefined,
  groq: 'groq',
  cerebras: 'cerebras',
  fireworks: 'fireworks',
  together: 'together',
  baseten: 'baseten',
  novita: undefined,
  nvidia: 'nvidia',
  huggingface: 'huggingface',
  openrouter: 'openrouter',
  azure: undefined,
  aws: undefined,
  cohere: undefined,
  voyageai: undefined,
  cloudflare: undefined,
  ovhcloud: undefined,
};

/** `true`: the level exists unless the map denies it; `false`: only where the map names it. */
const levels = { off: false, minimal: false, low: true, medium: true, high: true, xhigh: false, max: false };
const words = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** The price data's names for what a tier holds, in the order of a row. */
const units = [
  'input_mtok',
  'output_mtok',
  'cache_read_mtok',
  'cache_write_mtok',
  'cache_write_1h_mtok',
  'output_reasoning_mtok',
  'input_audio_mtok',
  'cache_audio_read_mtok',
  'output_audio_mtok',
  'input_image_mtok',
  'cache_image_read_mtok',
  'output_image_mtok',
];

/** What is billed by the piece: our name, the price data's, and how many of ours are in one of theirs. */
const pieces = [
  ['web-search', 'web_searches_kcount', 1000],
  ['request', 'requests_kcount', 1000],
  ['second', 'input_audio_hours', 3600],
  ['page', 'input_document_kpages', 1000],
];

/** Models that write no tokens. Of any other, a price without one for the output is a gap in the data and no gift. */
const writesNothing = /embed|bge-|rerank|voyage|whisper|transcribe|voxtral|-ocr|distilbert/;

/** The data still has a discount for the night that DeepSeek ended on 2025-09-05: https://api-docs.deepseek.com/news/news250821 */
const nightsOver = /^deepseek-(chat|reasoner)$/;

/** Declared free by their maker: https://platform.openai.com/docs/guides/moderation */
const free = { openai: ['omni-moderation-latest', 'text-moderation-latest', 'text-moderation-stable'] };

/** Names that a price list holds for another product of the company: Vertex sells Claude, the Gemini API does not. */
const elsewhere = { google: /^claude/ };

const { values: options } = parseArgs({ options: { 'as-of': { type: 'string' } } });
const asOf = new Date(options['as-of'] ?? Date.now());

const priced = await waitForUpdate();
const folder = fetchPackage(abilitiesPackage);
try {
  const models = {};
  for (const [id, file] of Object.entries(providers)) models[id] = rowsOf(id, file);
  write(models);
} finally {
  rmSync(folder, { recursive: true });
}

function fetchPackage(name) {
  const place = mkdtempSync(join(tmpdir(), 'catalog-'));
  const archive = execFileSync('npm', ['pack', '--silent', name], { cwd: place, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', archive], { cwd: place });
  return place;
}

function rowsOf(id, file) {
  const able = file === undefined ? [] : chatModels(file);
  const provider = priced.find((candidate) => candidate.id === id);
  const rows = new Map();
  for (const name of namesOf(provider)) {
    if (!elsewhere[id]?.test(name)) rows.set(name, row(name, undefined, priceOf(id, name)));
  }
  for (const model of able) rows.set(model.id, row(model.id, model, priceOf(id, model.id)));
  for (const name of free[id] ?? []) rows.set(name, `${name}|||||free`);
  const names = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  return names.map((name) => rows.get(name)).filter((text) => text !== undefined);
}

function chatModels(file) {
  const path = join(folder, 'package/dist/providers/data', `${file}.json`);
  const byApi = JSON.parse(readFileSync(path, 'utf8'));
  return Object.values(byApi)
    .flatMap((models) => Object.values(models))
    .filter((model) => model.type === 'chat');
}

/** Names that the price data spells out. Its looser patterns are found again by their date-less name. */
function namesOf(provider) {
  const names = new Set();
  for (const model of provider?.models ?? []) {
    for (const match of model.match.or ?? [model.match]) if (match.equals) names.add(match.equals);
    if (calcPrice({ input_tokens: 1 }, model.id, { providerId: provider.id })?.model.id === model.id)
      names.add(model.id);
  }
  return names;
}

function priceOf(providerId, name) {
  return calcPrice({ input_tokens: 1 }, name, { providerId, timestamp: asOf }) ?? undefined;
}

function row(name, model, found) {
  const tiers = tiersOf(name, model, found);
  const pieces = found ? piecesOf(found.model_price) : '';
  if (model === undefined && tiers === '' && pieces === '') return undefined;
  const context = found?.model.context_window ?? model?.contextWindow ?? '';
  // What only has a price by the piece costs nothing for its tokens.
  const price = tiers === '' && pieces !== '' && model === undefined ? '0' : tiers;
  const fields = [name, context, model?.maxTokens ?? '', abilities(model), efforts(model), price];
  return [...fields, price === '' ? '' : pieces, datedOf(name, tiers, found)].join('|').replace(/\|{1,2}$/, '');
}

/** Pieces at their price each. */
function piecesOf(price) {
  const priced = pieces.flatMap(([unit, theirs, count]) => {
    const rate = price[theirs];
    return typeof rate === 'number' && rate > 0 ? [`${unit}=${decimals(rate / count, 15)}`] : [];
  });
  return priced.join(',');
}

/**
 * Prices to come, and those of some hours of the day. Of the data's list the last that holds is meant, so what stands before
 * the one in force is over.
 */
function datedOf(name, current, found) {
  const list = found?.model.prices;
  if (
    !Array.isArray(list) ||
    nightsOver.test(found.model.id) ||
    text(knownTiers(name, priceInForce(found)) ?? []) !== current
  )
    return '';
  const inForce = list.findLastIndex(({ constraint }) => constraint === undefined || hasBegun(constraint));
  return list
    .slice(inForce + 1)
    .map(({ constraint, prices }) => `${when(constraint)}=${text(knownTiers(name, prices) ?? [])}`)
    .filter((entry) => !entry.endsWith('='))
    .join('!');
}

function hasBegun({ type, start_date: start }) {
  return type === 'start_date' && new Date(start) <= asOf;
}

/** `from~until~daily from~daily until` */
function when({ type, start_date: start, start_time: from, end_time: until }) {
  return type === 'start_date' ? start : `~~${from.slice(0, 5)}~${until.slice(0, 5)}`;
}

/** A letter per known ability: small has it, capital lacks it. The abilities package lists only models that call tools. */
function abilities(model) {
  if (model === undefined) return '';
  return `t${model.input.includes('image') ? 'i' : 'I'}${model.reasoning ? 'r' : 'R'}`;
}

function efforts(model) {
  const map = model?.thinkingLevelMap;
  if (!map) return '';
  const taken = Object.entries(levels).flatMap(([level, usual]) => {
    const word = map[level] === undefined && usual ? level : map[level];
    return typeof word === 'string' ? [word.toLowerCase()] : [];
  });
  // A vendor's own word among them cannot be ranked: better nothing than half of it.
  return taken.every((word) => words.has(word)) ? taken.join(',') : '';
}

function tiersOf(name, model, found) {
  const fresh = model && freshTiers(model.cost);
  const known = found && knownTiers(name, priceInForce(found));
  if (known && (!fresh || (fresh[0][1] === known[0][1] && fresh[0][2] === known[0][2]))) return text(known);
  if (fresh) return text(fresh);
  return name.endsWith(':free') ? 'free' : '';
}

/** Tiers as [from, input, output, cached input, cache write, long cache write]. A price of zero says nothing. */
function freshTiers(cost) {
  if (!(cost.input > 0 && cost.output > 0)) return undefined;
  const tier = (from, at) => [from, at.input, at.output, at.cacheRead || '', at.cacheWrite || '', ''];
  return [tier(0, cost), ...(cost.tiers ?? []).map((at) => tier(at.inputTokensAbove + 1, at))];
}

/** Without what holds for some hours only: the data counts by the hour at which it is asked. */
function priceInForce({ model, model_price: price }) {
  if (nightsOver.test(model.id)) return model.prices.at(-1).prices;
  if (!Array.isArray(model.prices)) return price;
  return model.prices.findLast(({ constraint }) => constraint === undefined || hasBegun(constraint))?.prices ?? price;
}

function knownTiers(name, price) {
  const starts = new Set([0]);
  for (const unit of units) for (const tier of price[unit]?.tiers ?? []) starts.add(tier.start + 1);
  const at = (unit, from) => {
    const rate = price[unit];
    if (rate === undefined || typeof rate === 'number') return rate ?? '';
    return rate.tiers.filter((tier) => tier.start < from).at(-1)?.price ?? rate.base;
  };
  const tiers = [...starts].sort((a, b) => a - b).map((from) => [from, ...units.map((unit) => at(unit, from))]);
  const [, input, output] = tiers[0];
  return input > 0 && (output > 0 || writesNothing.test(name)) ? tiers : undefined;
}

/** Nine decimals of a dollar per million tokens are what the gateway can hold exactly. */
function text(tiers) {
  const decimal = (number) => (number === '' ? '' : decimals(number, 9));
  return tiers.map(([from, ...rates]) => [from, ...rates.map(decimal)].join(':').replace(/:+$/, '')).join(';');
}

function decimals(number, digits) {
  return number.toFixed(digits).replace(/\.?0+$/, '');
}

function write(models) {
  const blocks = Object.entries(models).map(
    ([id, rows]) => `  ${JSON.stringify(id)}: [\n${rows.map((line) => `    ${JSON.stringify(line)}`).join(',\n')}\n  ]`,
  );
  writeFileSync(target, `{\n${blocks.join(',\n')}\n}\n`);
  for (const [id, rows] of Object.entries(models)) console.log(id, rows.length);
}
