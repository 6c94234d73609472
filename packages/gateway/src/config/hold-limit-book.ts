import type { Directory } from '../identity/directory.ts';
import { createLimitBook, type LimitBook } from '../ledger/applicable.ts';
import { compileLimits } from '../ledger/limits.ts';
import { credentialLimits } from './credential-limits.ts';
import type { Snapshot } from './snapshot.ts';

type Providers = Snapshot['providers'];

/** The budgets and rate limits as they are now, and those of providers' keys, ready for requests. They are compiled again when one has changed. */
export function holdLimitBook(
  directory: Pick<Directory, 'list' | 'versionOf'>,
  providers: () => Providers,
): () => LimitBook {
  let held: { readonly version: string; readonly providers: Providers; readonly book: LimitBook } | undefined;
  return () => {
    const version = `${directory.versionOf('budgets')} ${directory.versionOf('rate_limits')}`;
    const now = providers();
    if (held?.version !== version || held.providers !== now) {
      const rateLimits = [...directory.list('rate_limits'), ...credentialLimits(now.values())];
      held = {
        version,
        providers: now,
        book: createLimitBook(compileLimits(directory.list('budgets'), rateLimits)),
      };
    }
    return held.book;
  };
}
