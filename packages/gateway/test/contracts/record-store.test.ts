import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { describe, expect, it } from 'vitest';
import { createRecordStore, type RecordStore } from '../../src/store/record-store.ts';
import { describeStores } from '../kit/stores.ts';

const begin = 1_800_000_000_000;
const silent = { info() {}, warn() {}, error() {} };

function recordOf(number: number, fields: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    id: `ex_${String(number).padStart(6, '0')}`,
    startedAt: begin + number,
    durationMs: 1.5,
    outcome: 'done',
    status: 200,
    agent: 'codex',
    dialect: 'chat',
    wire: 'http',
    stream: false,
    attempts: [],
    losses: [],
    bytesIn: 1,
    bytesOut: 2,
    ...fields,
  };
}

const usage = {
  inputTokens: 10,
  outputTokens: 3,
  cachedInputTokens: 4,
  cacheWriteTokens: 1,
  cacheWriteLongTokens: 2,
  reasoningTokens: 1,
};

async function keep(store: RecordStore, ...records: readonly ExchangeRecord[]): Promise<void> {
  for (const record of records) store.record(record);
  await store.flush();
}

const idsOf = ({ items }: { items: readonly ExchangeRecord[] }) => items.map(({ id }) => id);

describeStores(['sqlite', 'postgres'], (kit) => {
  const open = async () => createRecordStore(await kit.open(), silent);

  describe('records', () => {
    it('are kept whole, once, however often one is written', async () => {
      const store = await open();
      const record = recordOf(1, {
        modelAsked: `Robert'); DROP TABLE exchange_records;-- "\\ \u{1F600} \0`,
        costNanoDollars: '9007199254740993',
        usage,
        tags: [`it's "one"`],
      });
      await keep(store, record, recordOf(2));
      await keep(store, record);
      expect((await store.list({}, { limit: 10 })).items).toEqual([recordOf(2), record]);
      expect(await store.totals({}, [])).toMatchObject([{ requests: 2n, costNanoDollars: 9_007_199_254_740_993n }]);
    });

    it('are listed in pages, newest first, also where many arrived at once', async () => {
      const store = await open();
      await keep(store, ...Array.from({ length: 25 }, (_, number) => recordOf(number, { startedAt: begin })));
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.list({}, { limit: 10, after });
        seen.push(...idsOf(page));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => recordOf(24 - index).id));
      await expect(store.list({}, { limit: 10, after: "'; --" })).rejects.toThrow(/cursor/);
    });

    it.each([
      [{ key: 'ann' }, [1]],
      [{ user: 'u1' }, [2]],
      [{ team: 't1', organization: 'o1' }, [3]],
      [{ tag: 'a' }, [4]],
      [{ tag: 'a"b' }, [5]],
      [{ since: begin + 4, until: begin + 6 }, [5, 4]],
      [{ provider: 'p', model: 'm', modelAsked: 'x', session: 's', agent: 'codex', outcome: 'failed' }, [6]],
      [{ key: "' OR 1=1 --" }, []],
    ] as const)('are found by %j', async (filter, expected) => {
      const store = await open();
      await keep(
        store,
        recordOf(1, { key: 'ann' }),
        recordOf(2, { user: 'u1' }),
        recordOf(3, { team: 't1', organization: 'o1' }),
        recordOf(4, { tags: ['a', 'b'] }),
        recordOf(5, { tags: ['a"b', 'ab'] }),
        recordOf(6, { provider: 'p', model: 'm', modelAsked: 'x', session: 's', outcome: 'failed' }),
      );
      const found = await store.list(filter, { limit: 10 });
      expect(idsOf(found)).toEqual(expected.map((number) => recordOf(number).id));
    });

    it('add up exactly, by any fields', async () => {
      const store = await open();
      const costNanoDollars = '4611686018427387903';
      await keep(
        store,
        recordOf(1, { key: 'ann', model: 'm', usage, costNanoDollars }),
        recordOf(2, { key: 'ann', model: 'm', usage, costNanoDollars, outcome: 'abandoned' }),
        recordOf(3, { key: 'bob', usage }),
        recordOf(86_400_000, { outcome: 'failed' }),
      );
      expect(await store.totals({}, ['key', 'model'])).toEqual([
        {
          group: { key: 'ann', model: 'm' },
          requests: 2n,
          failed: 1n,
          inputTokens: 20n,
          outputTokens: 6n,
          cachedInputTokens: 8n,
          cacheWriteTokens: 6n,
          reasoningTokens: 2n,
          costNanoDollars: 9_223_372_036_854_775_806n,
          unpriced: 0n,
        },
        expect.objectContaining({
          group: { key: 'bob', model: null },
          requests: 1n,
          unpriced: 1n,
          costNanoDollars: 0n,
        }),
        expect.objectContaining({ group: { key: null, model: null }, requests: 1n, failed: 1n, unpriced: 0n }),
      ]);
      const day = begin - (begin % 86_400_000);
      expect(await store.totals({}, ['day'])).toMatchObject([
        { group: { day: String(day) }, requests: 3n },
        { group: { day: String(day + 86_400_000) }, requests: 1n },
      ]);
      expect(await store.totals({ key: 'nobody' }, ['key'])).toEqual([]);
    });
  });
});
