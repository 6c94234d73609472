import { readPosted } from '../../ledger/hold-text.ts';
import type { LedgerJournal } from '../../ledger/journal.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { becomeDrainerScript, trimOutboxScript } from './redis-scripts.ts';

export interface OutboxParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly replica: string;
  readonly journal: LedgerJournal;
}

const batchEntries = 500;
/** Longer than a batch takes to write. If it was not enough, another replica writes it too: entries have ids, so that changes nothing. */
const drainerMs = 10_000;

/** Carries entries to the store, by one replica at a time. They leave the outbox when they are written, so that none is lost. */
export async function drainOutbox({ connection, keys, replica, journal }: OutboxParts): Promise<void> {
  for (;;) {
    const [isDrainer] = await connection.run(becomeDrainerScript, [keys.drainer], [replica, String(drainerMs)]);
    if (isDrainer !== '1') return;
    const texts = await connection.command(keys.outbox, ['LRANGE', keys.outbox, '0', String(batchEntries - 1)]);
    if (!Array.isArray(texts) || texts.length === 0) return;
    await journal.append({ entries: texts.map((text) => readPosted(String(text))), opened: [] });
    await connection.run(trimOutboxScript, [keys.drainer, keys.outbox], [replica, String(texts.length)]);
  }
}
