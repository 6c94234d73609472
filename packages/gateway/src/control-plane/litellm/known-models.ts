import type { Price } from '../../catalog/price.ts';
import type { PriceBook } from '../../catalog/price-book.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import type { ListedModel } from '../../data-plane/models/listed-models.ts';
import type { ModelsDesk } from '../../data-plane/models/models-desk.ts';
import type { Principal } from '../../identity/principal.ts';
import type { KnownModel, LiteLlmPorts } from './ports.ts';

export interface KnownModelsParts {
  readonly desk: Pick<ModelsDesk, 'offered' | 'find'>;
  snapshot(): Snapshot;
  prices(snapshot: Snapshot): PriceBook;
  readonly clock: Pick<Clock, 'now'>;
}

/** The names that a caller is offered, with what is known of where they lead first. Nobody in particular is offered all. */
export function createKnownModels({
  desk,
  snapshot,
  prices,
  clock,
}: KnownModelsParts): Pick<LiteLlmPorts, 'models' | 'model'> {
  /** Who asks, of which configuration, and how a model is told. */
  function open(caller: Principal | undefined) {
    const now = snapshot();
    const book = prices(now);
    const at = clock.now();
    const question = { organization: caller?.organization, at };
    return {
      now,
      reader: { principal: caller ?? everybody, nowMs: at },
      tell: (listed: ListedModel) => ({
        ...describe(listed),
        ...ratesOf(book.priceOf(listed.target, question)?.price),
      }),
    };
  }
  return {
    async models(caller) {
      const { now, reader, tell } = open(caller);
      return (await desk.offered(reader, now)).map(tell);
    },
    model(name, caller) {
      const { now, reader, tell } = open(caller);
      const found = desk.find(name, reader, now);
      return found && tell(found);
    },
  };
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
