import type { TokenRate } from '../catalog/rates.ts';
import { tokenRate } from '../catalog/rates.ts';
import { Failure } from '../core/failure.ts';
import type { ClientDialectName } from '../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** What a request says of where it wants to go, in OpenRouter's words. https://openrouter.ai/docs/features/provider-routing */
export interface RoutingWishes {
  /** The fields that say so: they are ours and travel no further, but to whom they are addressed, too. */
  readonly fields: readonly string[];
  /** Names to try after the one that was asked for, in order. */
  readonly models: readonly string[];
  /** Providers to try first, in order. */
  readonly order: readonly string[];
  /** No other providers than these. Absent: any. */
  readonly only?: readonly string[];
  readonly ignore: readonly string[];
  readonly sort?: Sort;
  /** Sorts the deployments of all names together instead of name by name. */
  readonly sortsAll: boolean;
  /** Most that a token may cost. */
  readonly maxPrice?: { readonly input?: TokenRate; readonly output?: TokenRate };
  /** Nothing of the request may be left out, not even a hint. */
  readonly requireParameters: boolean;
  readonly allowFallbacks: boolean;
  /** The field as it was written, for those who read it themselves. */
  readonly provider?: JsonObject;
}

/** Of a request that says nothing. */
export const noWishes: RoutingWishes = {
  fields: [],
  models: [],
  order: [],
  ignore: [],
  sortsAll: false,
  requireParameters: false,
  allowFallbacks: true,
};

/** More names than anybody could want tried. */
const maxNames = 20;

/** `throughput`: tokens per second. `latency`: the time to the first one. */
export type Sort = 'price' | 'throughput' | 'latency';

/** Fields of a request that are read here. Everything else in it is none of our business. */
const routingFields = ['models', 'provider', 'fallbacks'] as const;

/** Dialects whose clients have a place for such fields. In others the same names may mean something else. */
const dialects: ReadonlySet<ClientDialectName> = new Set(['chat', 'responses']);

export function takesWishes(dialect: ClientDialectName): boolean {
  return dialects.has(dialect);
}

/** Reads the wishes from a request's top-level fields; undefined where there are none. Throws `request-malformed` with the path of what is wrong. */
export function readRoutingWishes(field: (key: string) => Json | undefined): RoutingWishes | undefined {
  const fields = routingFields.filter((key) => (field(key) ?? null) !== null);
  if (fields.length === 0) return undefined;
  const provider = field('provider') ?? null;
  if (provider !== null && !isJsonObject(provider)) throw malformed('provider', 'an object');
  const models = [...new Set([...texts(field('models'), 'models'), ...fallbacksOf(field('fallbacks'))])];
  if (models.length > maxNames) throw malformed('models', `at most ${maxNames} names`);
  return { fields, models, ...wishesOf(provider ?? {}), ...(provider ? { provider } : {}) };
}

function wishesOf(provider: JsonObject): Omit<RoutingWishes, 'fields' | 'models' | 'provider'> {
  const only = provider['only'] ?? null;
  const price = maxPriceOf(provider['max_price']);
  return {
    order: texts(provider['order'], 'provider.order'),
    ...(only === null ? {} : { only: texts(only, 'provider.only') }),
    ignore: texts(provider['ignore'], 'provider.ignore'),
    ...sortOf(provider['sort']),
    ...(price ? { maxPrice: price } : {}),
    requireParameters: flag(provider, 'require_parameters', false),
    allowFallbacks: flag(provider, 'allow_fallbacks', true),
  };
}

/** `fallbacks` as LiteLLM and Bifrost have it: names, or objects that name a model and maybe its provider. */
function fallbacksOf(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed('fallbacks', 'an array');
  return value.map((entry: Json, at) => {
    if (typeof entry === 'string' && entry !== '') return entry;
    const { model, provider } = isJsonObject(entry) ? entry : {};
    if (typeof model !== 'string' || model === '')
      throw malformed(`fallbacks[${at}]`, 'a model’s name or an object with `model`');
    return typeof provider === 'string' && provider !== '' ? `${provider}/${model}` : model;
  });
}

function texts(value: Json | undefined, path: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(path, 'an array of names');
  return value.map((entry: Json, at) => {
    if (typeof entry !== 'string' || entry === '') throw malformed(`${path}[${at}]`, 'a name');
    return entry;
  });
}

function flag(object: JsonObject, key: string, otherwise: boolean): boolean {
  const value = object[key] ?? otherwise;
  if (typeof value !== 'boolean') throw malformed(`provider.${key}`, 'true or false');
  return value;
}

const sorts: readonly Sort[] = ['price', 'throughput', 'latency'];

function sortOf(value: Json | undefined): { readonly sort?: Sort; readonly sortsAll: boolean } {
  if (value === undefined || value === null) return { sortsAll: false };
  const { by = null, partition = null } = isJsonObject(value) ? value : { by: value };
  const sort = sorts.find((each) => each === by);
  if (!sort) throw malformed('provider.sort', '"price", "throughput" or "latency"');
  return { sort, sortsAll: partition === 'none' };
}

/** Dollars per million tokens. Prices by the image or request cannot be compared with what is known here. */
function maxPriceOf(value: Json | undefined): RoutingWishes['maxPrice'] {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw malformed('provider.max_price', 'an object');
  const input = rateOf(value['prompt'], 'provider.max_price.prompt');
  const output = rateOf(value['completion'], 'provider.max_price.completion');
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
}

function rateOf(value: Json | undefined, path: string): TokenRate | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,7}(\.\d{1,9})?$/.test(text))
    throw malformed(path, 'dollars per million tokens');
  return tokenRate(text);
}

function malformed(path: string, expected: string): Failure {
  return new Failure('request-malformed', `The request’s \`${path}\` must be ${expected}.`);
}
