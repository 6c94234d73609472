/** A table as batches write to it. The same on both databases, so conflicts are told in the words that both know. */
export interface BulkTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, BulkType>>;
  /** E.g. `(id) do nothing`. */
  readonly onConflict?: string;
}

/** The types that the schema uses. */
export type BulkType = 'text' | 'bigint';

/** What may be written. */
export type BulkValue = string | bigint | number | null;

/** Rows for one table. */
export interface BulkInsert {
  readonly table: BulkTable;
  readonly rows: readonly Readonly<Record<string, BulkValue>>[];
}

/** `insert into t ("a", "b") ` and what comes after the values. The names are the program's own. */
export function insertWords({ name, columns, onConflict }: BulkTable): { head: string; tail: string } {
  const names = Object.keys(columns).map((column) => `"${column}"`);
  return {
    head: `insert into ${name} (${names.join(', ')}) `,
    tail: onConflict === undefined ? '' : ` on conflict ${onConflict}`,
  };
}
