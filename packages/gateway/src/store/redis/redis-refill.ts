import { CountersUnreachable } from '../../ledger/counters.ts';
import type { Balance, LedgerJournal } from '../../ledger/journal.ts';
import { keptForMs } from './redis-claims.ts';
import type { RedisConnection } from './redis-connection.ts';
import { isRolling, type RedisKeys } from './redis-keys.ts';

export interface RefillParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly replica: string;
  readonly journal: LedgerJournal;
}

/** How long one replica may take before another tries. */
const fillingMs = 30_000;
/** So many commands go out together: more would only wait for each other. */
const atOnce = 200;

/** Fills counters that are empty, as a server is that lost its memory, with the balances of the store. One replica does, the others are told to wait. */
export async function refill({ connection, keys, replica, journal }: RefillParts, nowMs: number): Promise<void> {
  const { epoch, filling } = keys;
  const mine = await connection.command(filling, ['SET', filling, replica, 'NX', 'PX', String(fillingMs)]);
  if (mine === null) {
    if ((await connection.command(epoch, ['EXISTS', epoch])) === 1) return;
    throw new CountersUnreachable('the counters are being filled from the store');
  }
  try {
    if ((await connection.command(epoch, ['EXISTS', epoch])) === 1) return;
    const { balances } = await journal.load(nowMs);
    for (let from = 0; from < balances.length; from += atOnce) {
      await Promise.all(balances.slice(from, from + atOnce).map((balance) => put(balance, connection, keys, nowMs)));
    }
    await connection.command(epoch, ['SET', epoch, String(nowMs)]);
  } finally {
    await connection.command(filling, ['DEL', filling]);
  }
}

/** Settings, not additions: a refill that broke off is simply done again. */
async function put(balance: Balance, connection: RedisConnection, keys: RedisKeys, nowMs: number): Promise<void> {
  const { account, startsAtMs, settled, keptUntilMs } = balance;
  const key = keys.balance(account, startsAtMs);
  const field = isRolling(account) ? String(startsAtMs) : 's';
  await connection.command(key, ['HSET', key, field, settled.toString()]);
  const keep = keptForMs(keptUntilMs, nowMs);
  if (keep !== '0') await connection.command(key, ['PEXPIRE', key, keep]);
}
