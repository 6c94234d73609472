import type { ColumnType } from 'kysely';

/** Eight bytes, on both databases. Always read as a bigint, also in counts and sums; a whole number may be written. */
export type Integer = ColumnType<bigint, bigint | number, bigint | number>;
export type OptionalInteger = ColumnType<
  bigint | null,
  bigint | number | null | undefined,
  bigint | number | null | undefined
>;
export type OptionalText = ColumnType<string | null, string | null | undefined, string | null | undefined>;

/** One exchange: what is searched by and summed up, and the whole record as JSON. */
export interface ExchangeRecordsTable {
  /** Ids grow with time. */
  id: string;
  /** Milliseconds since 1970. */
  started_at: Integer;
  key_id: OptionalText;
  user_id: OptionalText;
  team_id: OptionalText;
  organization_id: OptionalText;
  session: OptionalText;
  agent: OptionalText;
  model_asked: OptionalText;
  provider: OptionalText;
  model: OptionalText;
  outcome: string;
  status: OptionalInteger;
  input_tokens: OptionalInteger;
  output_tokens: OptionalInteger;
  cached_input_tokens: OptionalInteger;
  cache_write_tokens: OptionalInteger;
  reasoning_tokens: OptionalInteger;
  /** Null where the price is unknown. */
  cost_nano_dollars: OptionalInteger;
  /** A JSON list of texts. */
  tags: OptionalText;
  record: string;
}

/** Every resource of the admin API, whatever its kind. */
export interface ResourcesTable {
  kind: string;
  id: string;
  name: OptionalText;
  /** Of the last change. Grows over all kinds, in the order of commits. */
  revision: Integer;
  /** JSON. */
  body: string;
  created_at: Integer;
  updated_at: Integer;
  /** A deleted resource stays as a tombstone, so that others learn of it. */
  deleted_at: OptionalInteger;
}

/** Counters that are taken inside transactions, whose rows are their locks. */
export interface SequencesTable {
  name: string;
  value: Integer;
}

export interface AuditEventsTable {
  seq: Integer;
  at: Integer;
  actor: string;
  action: string;
  kind: OptionalText;
  resource_id: OptionalText;
  /** JSON of the resource before and after. */
  before: OptionalText;
  after: OptionalText;
  request_id: OptionalText;
  source_ip: OptionalText;
}

/** Secrets of resources, sealed. */
export interface SecretsTable {
  kind: string;
  id: string;
  sealed: string;
  updated_at: Integer;
}

/** What attempts have cost: append-only. The database adds each to the balances, and ends the hold of its id. */
export interface LedgerEntriesTable {
  id: string;
  at: Integer;
  exchange_id: string;
  /** `actual`, `lapsed` or `correction`. */
  kind: string;
  key_id: OptionalText;
  user_id: OptionalText;
  team_id: OptionalText;
  organization_id: OptionalText;
  /** A JSON list of texts. */
  tags: string;
  model_asked: string;
  provider: string;
  model: string;
  /** Null where the price is unknown. */
  nano_dollars: OptionalInteger;
  input_tokens: Integer;
  output_tokens: Integer;
  /** 1 where usage was not reported. */
  estimated: Integer;
  /** 1 where more was billed than had been reserved. */
  overdraft: Integer;
  /** JSON: `[[account, window_start, amount, kept_until], …]`. */
  postings: string;
}

/** The sums of entries, by account and start of its window or bucket. */
export interface LedgerBalancesTable {
  account: string;
  window_start: Integer;
  settled: Integer;
  /** Only where PostgreSQL counts. Of rolling windows in a row whose start is -1. */
  held: ColumnType<bigint, bigint | number | undefined, bigint | number>;
  /** Null: forever. */
  kept_until: OptionalInteger;
}

/** What counters in memory have reserved, for the process after them. */
export interface LedgerHoldsTable {
  id: string;
  hold: string;
}

/** What PostgreSQL's counters have reserved, and for a while what has ended. There are more such tables, which only its functions use. */
export interface SharedHoldsTable {
  id: string;
  replica: string;
  hold: string;
  /** Null: open. */
  ended: OptionalText;
  ended_until: OptionalInteger;
}

/** Processes that share the store. */
export interface ReplicasTable {
  id: string;
  started_at: Integer;
  seen_at: Integer;
  counters: string;
}

/** The one schema of both databases. */
export interface Tables {
  exchange_records: ExchangeRecordsTable;
  resources: ResourcesTable;
  sequences: SequencesTable;
  audit_events: AuditEventsTable;
  secrets: SecretsTable;
  ledger_entries: LedgerEntriesTable;
  ledger_balances: LedgerBalancesTable;
  ledger_holds: LedgerHoldsTable;
  shared_holds: SharedHoldsTable;
  replicas: ReplicasTable;
}
