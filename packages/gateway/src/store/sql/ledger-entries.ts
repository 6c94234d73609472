import type { Entry } from '../../ledger/counters.ts';
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
  return {
    id: entry.id,
    at: entry.atMs,
    exchange_id: entry.exchangeId,
    kind: entry.kind ?? 'actual',
    key_id: entry.key ?? null,
    user_id: entry.user ?? null,
    team_id: entry.team ?? null,
    organization_id: entry.organization ?? null,
    tags: JSON.stringify(entry.tags),
    model_asked: entry.modelAsked,
    provider: entry.provider,
    model: entry.model,
    nano_dollars: entry.nanoDollars ?? null,
    ...tokensOf(entry),
    estimated: entry.estimated ? 1 : 0,
    overdraft: entry.overdraft ? 1 : 0,
    postings: `[${postings.map(postingText).join(',')}]`,
  };
}

function tokensOf({ inputTokens, outputTokens }: Entry) {
  return { input_tokens: inputTokens, output_tokens: outputTokens };
}

/** Written by hand: JSON knows whole numbers of any size, JavaScript's writer does not. */
function postingText({ account, startsAtMs, amount, keptUntilMs }: Posting): string {
  return `[${JSON.stringify(account)},${startsAtMs},${amount},${keptUntilMs ?? 'null'}]`;
}
