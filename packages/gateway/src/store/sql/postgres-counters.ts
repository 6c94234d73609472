import type { Pool } from 'pg';
import { CountersUnreachable } from '../../ledger/counters.ts';
import { writeHold } from '../../ledger/hold-text.ts';
import { type Answer, createSharedCounters, type SharedCounters } from '../shared-counters.ts';
import { entryRow } from './ledger-entries.ts';
import { claimsText } from './postgres-claims.ts';

export interface PostgresCountersParts {
  readonly pool: Pool;
  /** This process, as others know it. */
  readonly replica: string;
  onError(error: unknown): void;
  /** Ends what goes on beside requests. */
  stop(): Promise<void>;
}

/** How often a step is tried again that the server broke off for the sake of another one. */
const tries = 3;

/** Counts in PostgreSQL's own tables, one function for each operation. Entries are written in the same step. */
export function createPostgresCounters({ pool, replica, onError, stop }: PostgresCountersParts): SharedCounters {
  async function run(text: string, values: readonly unknown[]): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { rows } = await pool.query<{ answer: string[] }>({ name: text, text, values: [...values] });
        return rows[0]?.answer ?? [];
      } catch (error) {
        if (attempt < tries && isBrokenOff(error)) continue;
        throw new CountersUnreachable(`PostgreSQL did not answer: ${messageOf(error)}`, { cause: error });
      }
    }
  }

  return createSharedCounters({
    replica,
    onError,
    operations: {
      reserve: (hold, nowMs) =>
        run('select ledger_reserve($1, $2, $3, $4, $5) as answer', [
          nowMs,
          replica,
          hold.id,
          writeHold(hold),
          claimsText(hold.claims, [], nowMs),
        ]),
      extend: (larger, nowMs) =>
        run('select ledger_extend($1, $2, $3, $4) as answer', [
          nowMs,
          larger.id,
          writeHold(larger),
          claimsText(larger.claims, [], nowMs),
        ]),
      end: ({ hold, amounts, posted, rest, remembered, keptMs }, owner, nowMs) =>
        run('select ledger_settle($1, $2, $3, $4, $5, $6, $7, $8) as answer', [
          nowMs,
          owner,
          hold.id,
          remembered,
          keptMs,
          posted ? rowText(entryRow(posted)) : null,
          rest ? writeHold(rest) : null,
          claimsText(hold.claims, amounts, nowMs),
        ]),
      read: (claims, nowMs) => run('select ledger_read($1, $2) as answer', [nowMs, claimsText(claims, [], nowMs)]),
      close: stop,
    },
  });
}

/** A row as JSON. The server reads whole numbers also from texts. */
function rowText(row: Readonly<Record<string, string | number | bigint | null>>): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Deadlocks and conflicts of transactions: the same step is likely to succeed now. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '40001');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
