import type { Directory } from '../identity/directory.ts';
import { createLimitBook, type LimitBook } from '../ledger/applicable.ts';
import { compileLimits } from '../ledger/limits.ts';

/** The budgets and rate limits as they are now, ready for requests. They are compiled again when one has changed. */
export function holdLimitBook(directory: Pick<Directory, 'list' | 'versionOf'>): () => LimitBook {
  let held: { readonly version: string; readonly book: LimitBook } | undefined;
  return () => {
    const version = `${directory.versionOf('budgets')} ${directory.versionOf('rate_limits')}`;
    if (held?.version !== version) {
      held = {
        version,
        book: createLimitBook(compileLimits(directory.list('budgets'), directory.list('rate_limits'))),
      };
    }
    return held.book;
  };
}
