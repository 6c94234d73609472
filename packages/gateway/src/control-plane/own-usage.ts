import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Directory } from '../identity/directory.ts';
import type { Principal } from '../identity/principal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RecordStore } from '../store/record-store.ts';
import { shownTotal } from './usage-view.ts';
import { shownStanding } from './standings.ts';

export interface OwnUsageParts {
  readonly directory: Pick<Directory, 'get'>;
  readonly ledger: Pick<Ledger, 'standings'>;
  /** Absent without a store. */
  readonly records?: Pick<RecordStore, 'totals' | 'flush'> | undefined;
  readonly clock: Clock;
}

/** What a caller is told of itself: who it is, how its limits stand, what it has used. Never of anybody else. */
export async function ownUsage(principal: Principal, parts: OwnUsageParts): Promise<JsonObject> {
  const standings = await parts.ledger.standings(principal);
  return {
    key: describe(principal, parts.directory),
    limits: standings.map(shownStanding),
    ...(await usedBy(principal, parts)),
  };
}

function describe({ key, name, user, team, organization }: Principal, directory: Pick<Directory, 'get'>): JsonObject {
  const body = key === undefined ? undefined : directory.get('virtual_keys', key);
  return { id: key, name, user, team, organization, models: body?.models, expires: body?.expires };
}

/** Sums of a key’s own requests. Bearers of tokens have no key to look them up by. */
async function usedBy({ key }: Principal, { records, clock }: OwnUsageParts): Promise<JsonObject> {
  if (!records || key === undefined) return {};
  const now = new Date(clock.now());
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  await records.flush();
  const [ofDay, ofMonth] = await Promise.all([
    records.totals({ key, since: today }, []),
    records.totals({ key, since: month }, []),
  ]);
  const [day, whole] = [ofDay[0], ofMonth[0]];
  return { usage: { ...(day && { today: shownTotal(day) }), ...(whole && { month: shownTotal(whole) }) } };
}
