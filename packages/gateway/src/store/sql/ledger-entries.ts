import type { PostedEntry, Posting } from '../../ledger/journal.ts';
import type { BulkTable } from './bulk-table.ts';

/** How entries are written. One that is there already is left as it is. */
export const ledgerEntries: BulkTable = {
  name: 'ledger_entries',
  columns: {
    id: 'text',
    at: 'bigint',
    exchange_id: 'text',
    kind: 'text',
    key_id: 'text',
    user_id: 'text',
    team_id: 'text',
    organization_id: 'text',
    tags: 'text',
    model_asked: 'text',
    provider: 'text',
    model: 'text',
    nano_dollars: 'bigint',
    input_tokens: 'bigint',
    output_tokens: 'bigint',
    estimated: 'bigint',
    overdraft: 'bigint',
    postings: 'text',
  },
  onConflict: '(id) do nothing',
};

/** An entry as a row. */
export function entryRow({ entry, postings }: PostedEntry) {
  const { payer } = entry;
  return {
    id: entry.id,
    at: entry.atMs,
    exchange_id: entry.exchangeId,
    kind: entry.kind,
    key_id: payer.key ?? null,
    user_id: payer.user ?? null,
    team_id: payer.team ?? null,
    organization_id: payer.organization ?? null,
    tags: payer.tags.length === 0 ? '[]' : JSON.stringify(payer.tags),
    model_asked: entry.modelAsked,
    provider: entry.provider,
    model: entry.model,
    nano_dollars: entry.nanoDollars ?? null,
    input_tokens: entry.inputTokens,
    output_tokens: entry.outputTokens,
    estimated: entry.estimated ? 1 : 0,
    overdraft: entry.overdraft ? 1 : 0,
    postings: `[${postings.map(postingText).join(',')}]`,
  };
}

/** Written by hand: JSON knows whole numbers of any size, JavaScript's writer does not. */
function postingText({ account, startsAtMs, amount, keptUntilMs }: Posting): string {
  return `[${JSON.stringify(account)},${startsAtMs},${amount},${keptUntilMs ?? 'null'}]`;
}
