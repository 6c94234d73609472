import type { Snapshot } from '../../config/snapshot.ts';
import { createMemo } from '../../core/memo.ts';
import type { ListedModel } from './listed-models.ts';
import type { Reader } from './ways.ts';

/** A list that all readers share who see the same. */
export interface SharedList {
  /** Told apart from other lists of the configuration by it. */
  readonly id: number;
  readonly models: readonly ListedModel[];
}

/** The lists of one configuration. */
export interface SharedLists {
  of(reader: Reader): Promise<SharedList>;
}

/** A list is a few kilobytes, its models not counted. */
const mostLists = 256;

/** Makes a list once for readers of the same rights, who then see the same; and readers of other rights may see the same as well. */
export function createSharedLists(
  snapshot: Snapshot,
  make: (reader: Reader) => Promise<readonly ListedModel[]>,
): SharedLists {
  const byRights = createMemo<Promise<SharedList>>(mostLists);
  const byContent = createMemo<SharedList>(mostLists);
  const numbers = new WeakMap<ListedModel, number>();
  let last = 0;

  function numberOf(model: ListedModel): number {
    let number = numbers.get(model);
    if (number === undefined) numbers.set(model, (number = last += 1));
    return number;
  }

  async function share(reader: Reader): Promise<SharedList> {
    const models = await make(reader);
    return byContent.of(models.map(numberOf).join(), () => ({ id: (last += 1), models }));
  }

  return {
    of: (reader) => byRights.of(rightsOf(reader, snapshot), () => share(reader)),
  };
}

/** All of a reader on which a list depends, and how many names have gone by now. */
function rightsOf({ principal, nowMs }: Reader, { names }: Snapshot): string {
  const { grants, demands, overlays = [] } = principal;
  const gone = [...names.redirects.values()].filter(({ fromMs = 0 }) => fromMs <= nowMs).length;
  return JSON.stringify([
    gone,
    grants.map(({ models, deniedModels, providers }) => [models, deniedModels, providers]),
    demands.map(({ tag }) => tag),
    overlays.map(({ names: own }) => own),
  ]);
}
