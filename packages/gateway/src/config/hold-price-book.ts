import { createPriceBook, type PriceBook } from '../catalog/price-book.ts';
import { inOrder, priceRules } from '../catalog/price-rules.ts';
import type { Directory } from '../identity/directory.ts';
import type { Snapshot } from './snapshot.ts';

/** The price book of a snapshot and of the overrides there are now. It is kept until either changes. */
export function holdPriceBook(directory: Pick<Directory, 'list' | 'versionOf'>): (snapshot: Snapshot) => PriceBook {
  let held: { readonly snapshot: Snapshot; readonly version: number; readonly book: PriceBook } | undefined;
  return (snapshot) => {
    const version = directory.versionOf('prices');
    if (held?.snapshot !== snapshot || held.version !== version) {
      const { catalog, pricing } = snapshot;
      const rules = inOrder([...priceRules(directory.list('prices')), ...pricing.rules]);
      held = { snapshot, version, book: createPriceBook({ ...pricing, catalog, rules }) };
    }
    return held.book;
  };
}
