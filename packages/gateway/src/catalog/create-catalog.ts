import type { Catalog, ModelFacts } from './catalog.ts';
import { namesFor } from './model-names.ts';
import bundled from './models.generated.json' with { type: 'json' };
import { parseRow, rowHasTools, rowName } from './parse-row.ts';
import { freePrice } from './price.ts';
import { withServiceTiers } from './service-tiers.ts';

/** What the configuration says of one model. */
export interface FactsOverride {
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The provider's name of the model. */
  readonly model: string;
  readonly facts: ModelFacts;
}

/** Rows of the bundled data by price id; see `parseRow`. */
const bundledRows: Readonly<Record<string, readonly string[]>> = bundled;

/** The demo is one model under any name, so that an agent may ask it for its own default. */
const demo = { priceId: 'demo', model: 'turnpike-demo' };
const demoFacts: ModelFacts = { contextWindow: 200_000, tools: true, images: true, reasoning: false, price: freePrice };

/** The bundled data under the configuration's overrides, which win field by field. A provider's rows are read when it is first asked for. */
export function createCatalog(overrides: readonly FactsOverride[]): Catalog {
  const overridden = new Map<string, Map<string, ModelFacts>>();
  const indexes = new Map<string, ReadonlyMap<string, string>>();
  const parsed = new Map<string, ModelFacts>();
  const lists = new Map<string, readonly string[]>();

  for (const { provider, model, facts } of overrides) {
    const models = overridden.get(provider) ?? new Map<string, ModelFacts>();
    overridden.set(provider, models.set(model, facts));
  }

  function indexOf(priceId: string): ReadonlyMap<string, string> {
    const known = indexes.get(priceId);
    if (known) return known;
    const rows = Object.hasOwn(bundledRows, priceId) ? (bundledRows[priceId] ?? []) : [];
    const index = new Map(rows.map((row) => [rowName(row), row]));
    // A provider that is not in the data must not grow the map: its id comes from outside.
    if (rows.length > 0) indexes.set(priceId, index);
    return index;
  }

  function bundledFacts(priceId: string | undefined, model: string): ModelFacts | undefined {
    if (priceId === undefined) return undefined;
    if (priceId === demo.priceId) return demoFacts;
    const row = firstOf(indexOf(priceId), namesFor(model, priceId));
    if (row === undefined) return undefined;
    const known = parsed.get(`${priceId}/${row}`);
    if (known) return known;
    const facts = served(parseRow(row), priceId, rowName(row));
    parsed.set(`${priceId}/${row}`, facts);
    return facts;
  }

  return {
    facts(provider, model) {
      const base = bundledFacts(provider.priceId, model);
      const models = overridden.get(provider.name);
      const override = models && firstOf(models, namesFor(model, provider.priceId));
      return override ? overriddenBy(override, base) : base;
    },
    offeredBy(model) {
      if (model === demo.model) return [demo.priceId];
      return Object.keys(bundledRows).filter((id) => firstOf(indexOf(id), namesFor(model, id)) !== undefined);
    },
    models(priceId) {
      if (priceId === demo.priceId) return [demo.model];
      const index = indexOf(priceId);
      let list = lists.get(priceId);
      // Reading hundreds of rows takes milliseconds, and every name that nobody knows asks for it.
      if (!list) list = listed([...index]);
      if (index.size > 0) lists.set(priceId, list);
      return list;
    },
    declared: (providerName) => [...(overridden.get(providerName)?.keys() ?? [])],
  };
}

/** With the prices of other service tiers. */
function served(facts: ModelFacts, priceId: string, model: string): ModelFacts {
  const { price, datedPrices } = facts;
  return {
    ...facts,
    ...(price && { price: withServiceTiers(price, priceId, model) }),
    ...(datedPrices && {
      datedPrices: datedPrices.map((each) => ({ ...each, price: withServiceTiers(each.price, priceId, model) })),
    }),
  };
}

/** Field by field; a price of one's own also takes the place of those with dates. */
function overriddenBy(override: ModelFacts, base: ModelFacts | undefined): ModelFacts {
  const dateless = override.price !== undefined && base?.datedPrices !== undefined ? { datedPrices: [] } : {};
  return { ...base, ...dateless, ...override };
}

/** Models with known abilities, which are those an agent can work with; where none is known, all of them. */
function listed(index: readonly (readonly [string, string])[]): readonly string[] {
  const able = index.filter(([, row]) => rowHasTools(row));
  return (able.length > 0 ? able : index).map(([name]) => name);
}

function firstOf<Value>(values: ReadonlyMap<string, Value>, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
