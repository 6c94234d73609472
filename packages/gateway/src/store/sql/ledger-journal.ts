import type { Hold } from '../../ledger/counters.ts';
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

/** Writes what happened in one transaction. What it has written survives a power loss. */
export function appendToLedger({ writeBatch }: Pick<StoreDatabase, 'writeBatch'>): LedgerJournal['append'] {
  return ({ entries, opened }) => {
    // Holds first: an entry ends the hold of its id.
    const holds = opened.map((hold) => ({ id: hold.id, hold: writeHold(budgetsPart(hold)) }));
    const inserts = [
      { table: ledgerHolds, rows: holds },
      { table: ledgerEntries, rows: entries.map(entryRow) },
    ];
    return writeBatch(inserts.filter(({ rows }) => rows.length > 0));
  };
}

/** The ledger's durable side in the store. */
export function createLedgerJournal(database: StoreDatabase): LedgerJournal {
  const { db } = database;
  return {
    append: appendToLedger(database),
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
  const keptUntilMs = row.kept_until === null ? undefined : Number(row.kept_until);
  return { account: row.account, startsAtMs: Number(row.window_start), settled: row.settled, keptUntilMs };
}

/** Of what is left by a process that counted in memory only the budgets' part has a meaning. */
function budgetsPart(hold: Hold): Hold {
  return { ...hold, claims: hold.claims.filter(({ kind }) => kind === 'window') };
}
