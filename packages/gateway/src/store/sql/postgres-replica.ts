import { type Kysely, sql } from 'kysely';
import { readHold } from '../../ledger/hold-text.ts';
import { lapsedSettlement } from '../../ledger/lapsed.ts';
import type { SharedCounters } from '../shared-counters.ts';
import type { Tables } from './schema.ts';

export interface PostgresReplicaParts {
  readonly db: Kysely<Tables>;
  readonly replica: string;
  /** Silence after which a replica counts as dead. */
  readonly leaseMs: number;
}

/** The server's clock is the only one by which replicas are judged. */
const serverNow = sql<bigint>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** Says that this replica lives. */
export async function beat({ db, replica }: PostgresReplicaParts): Promise<void> {
  await db
    .insertInto('replicas')
    .values({ id: replica, started_at: serverNow, seen_at: serverNow, counters: 'postgres' })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: serverNow }))
    .execute();
}

/** Settles what dead replicas have left, at its estimates. Any replica may do so, also several at once. */
export async function settleForTheDead(
  { db, replica, leaseMs }: PostgresReplicaParts,
  counters: SharedCounters,
  nowMs: number,
): Promise<void> {
  const alive = db
    .selectFrom('replicas')
    .select('id')
    .where('seen_at', '>', sql<bigint>`${serverNow} - ${leaseMs}`);
  const left = await db
    .selectFrom('shared_holds')
    .select(['hold', 'replica'])
    .where('ended', 'is', null)
    .where('replica', '!=', replica)
    .where('replica', 'not in', alive)
    .execute();
  for (const { hold, replica: dead } of left) {
    await counters.settleFor(lapsedSettlement(readHold(hold), nowMs), dead, nowMs);
  }
}

/** Windows are kept a day longer than their afterlife, for holds that last past their end. */
const spareMs = 86_400_000;

/** Forgets what no longer counts. */
export async function sweep({ db, leaseMs }: PostgresReplicaParts, nowMs: number): Promise<void> {
  await db.deleteFrom('shared_holds').where('ended_until', '<', BigInt(nowMs)).execute();
  await db
    .deleteFrom('ledger_balances')
    .where('kept_until', '<', BigInt(nowMs - spareMs))
    .where('held', '=', 0n)
    .execute();
  await db
    .deleteFrom('replicas')
    .where('counters', '=', 'postgres')
    .where('seen_at', '<', sql<bigint>`${serverNow} - ${100 * leaseMs}`)
    .execute();
}

/** A replica that ends well is missed by nobody. */
export async function leave({ db, replica }: PostgresReplicaParts): Promise<void> {
  await db.deleteFrom('replicas').where('id', '=', replica).execute();
}
