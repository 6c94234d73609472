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
      payer: { tags: [] },
      modelAsked: row.model_asked,
      provider: row.provider,
      model: row.model,
      inputTokens: Number(row.input_tokens),
      outputTokens: Number(row.output_tokens),
      estimated: row.estimated === 1n,
      nanoDollars: row.nano_dollars ?? undefined,
      overdraft: row.overdraft === 1n,
      kind: row.kind === 'lapsed' || row.kind === 'correction' ? row.kind : 'actual',
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
      keptUntilMs: keptUntilMs === 'null' ? undefined : Number(keptUntilMs),
    }),
  );
}
