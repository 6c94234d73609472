import type { PostedEntry, Posting } from '../../src/ledger/journal.ts';
import type { StoreDatabase } from '../../src/store/sql/open-database.ts';

/** Entries as a store has them: of each its id, and where it is booked. */
export async function postedEntries({ db }: StoreDatabase): Promise<readonly PostedEntry[]> {
  const rows = await db.selectFrom('ledger_entries').selectAll().execute();
  return rows.map((row) => ({
    entry: {
      id: row.id,
      exchangeId: row.exchange_id,
      atMs: Number(row.at),
      tags: [],
      modelAsked: row.model_asked,
      provider: row.provider,
      model: row.model,
      inputTokens: Number(row.input_tokens),
      outputTokens: Number(row.output_tokens),
      estimated: row.estimated === 1n,
      ...(row.nano_dollars === null ? {} : { nanoDollars: row.nano_dollars }),
      ...(row.kind === 'lapsed' || row.kind === 'correction' ? { kind: row.kind } : {}),
    },
    postings: postingsIn(row.postings),
  }));
}

/** JavaScript's reader would lose the digits of large amounts. */
function postingsIn(text: string): readonly Posting[] {
  return [...text.matchAll(/\["([^"]*)",(\d+),(-?\d+),(\d+|null)\]/g)].map(
    ([, account = '', startsAtMs = '', amount = '', keptUntilMs = '']) => ({
      account,
      startsAtMs: Number(startsAtMs),
      amount: BigInt(amount),
      ...(keptUntilMs === 'null' ? {} : { keptUntilMs: Number(keptUntilMs) }),
    }),
  );
}
