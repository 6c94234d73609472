import type { Price } from '../../catalog/price.ts';
import type { PriceBook } from '../../catalog/price-book.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { type ListedModel, listModels } from '../../data-plane/models/listed-models.ts';
import type { Principal } from '../../identity/principal.ts';
import type { KnownModel } from './ports.ts';

export interface KnownModelsParts {
  snapshot(): Snapshot;
  prices(snapshot: Snapshot): PriceBook;
  nowMs(): number;
}

/** The names that a caller may ask for, with what is known of where they lead first. Nobody in particular may ask for all. */
export function knownModels(
  caller: Principal | undefined,
  { snapshot, prices, nowMs }: KnownModelsParts,
): readonly KnownModel[] {
  const now = snapshot();
  const book = prices(now);
  const question = { organization: caller?.organization, at: nowMs() };
  return listModels(caller ?? everybody, now, nowMs())
    .filter(({ offered }) => offered)
    .map((listed) => ({ ...describe(listed), ...ratesOf(book.priceOf(listed.target, question)?.price) }));
}

/** Somebody whom nothing restricts. */
const everybody: Principal = {
  id: 'operator',
  name: 'operator',
  tenant: 'operator',
  tags: [],
  grants: [],
  parties: {},
  demands: [],
  contentLogging: 'inherit',
};

function describe({ name, target, facts }: ListedModel): KnownModel {
  const { contextWindow, maxOutputTokens, tools, images, reasoning } = facts;
  return {
    name,
    provider: target.provider.name,
    model: target.model,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(tools === undefined ? {} : { tools }),
    ...(images === undefined ? {} : { images }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

/** Dollars for a token, of nano-dollars for a million. Of several tiers the first. */
function ratesOf(price: Price | undefined) {
  if (!price) return {};
  const [{ input, output, cachedInput }] = price.tiers;
  const times = Number(price.factor ?? 1_000_000n) / 1_000_000;
  const perToken = (rate: bigint) => (Number(rate) * times) / 1e15;
  return {
    inputCostPerToken: perToken(input),
    outputCostPerToken: perToken(output),
    ...(cachedInput === undefined ? {} : { cachedInputCostPerToken: perToken(cachedInput) }),
  };
}
