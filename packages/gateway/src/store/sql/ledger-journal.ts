import { readHold, writeHold } from '../../ledger/hold-text.ts';
import type { Balance, LedgerJournal } from '../../ledger/journal.ts';
import type { BulkTable } from './bulk-table.ts';
import { entryRow, ledgerEntries } from './ledger-entries.ts';
import type { StoreDatabase } from './open-database.ts';

const ledgerHolds: BulkTable = {
  name: 'ledger_holds',
  columns: { id: 'text', hold: 'text' },
  onConflict: '(id) do update set hold = excluded.hold',
};

/** The ledger's durable side in the store. What `append` has written survives a power loss. */
export function createLedgerJournal(database: StoreDatabase): LedgerJournal {
  const { db } = database;
  return {
    append({ entries, opened }) {
      // Holds first: an entry ends the hold of its id.
      const holds = opened.map((hold) => ({ id: hold.id, hold: writeHold(hold) }));
      const inserts = [
        { table: ledgerHolds, rows: holds },
        { table: ledgerEntries, rows: entries.map(entryRow) },
      ];
      return database.writeBatch(inserts.filter(({ rows }) => rows.length > 0));
    },
    async load(nowMs) {
      await db.deleteFrom('ledger_balances').where('kept_until', '<', BigInt(nowMs)).where('held', '=', 0n).execute();
      const balances = await db
        .selectFrom('ledger_balances')
        .select(['account', 'window_start', 'settled', 'kept_until'])
        .where('window_start', '>=', 0n)
        .execute();
      const holds = await db.selectFrom('ledger_holds').select('hold').execute();
      return { balances: balances.map(balanceOf), holds: holds.map(({ hold }) => readHold(hold)) };
    },
  };
}

function balanceOf(row: {
  account: string;
  window_start: bigint;
  settled: bigint;
  kept_until: bigint | null;
}): Balance {
  const kept = row.kept_until === null ? {} : { keptUntilMs: Number(row.kept_until) };
  return { account: row.account, startsAtMs: Number(row.window_start), settled: row.settled, ...kept };
}
