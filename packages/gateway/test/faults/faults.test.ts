import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import { ask, endsOf, type Told, textOf } from '../kit/ask.ts';
import { type Fault, faults, toldText } from '../kit/faulty-upstream.ts';
import { expectations } from './expectations.ts';
import { alone, dialectNames, type FaultyHouse, rescued, startFaultyHouse } from './faulty-providers.ts';

const faultsThat = (when: 'early' | 'late' | 'harmless') => faults.filter((fault) => expectations[fault].when === when);

/** Every provider's dialect, asked in every client's: the same one takes the express lane, all others the translate lane. */
const pairs = dialectNames.flatMap((provider) => dialectNames.map((client) => ({ provider, client })));

let house: FaultyHouse;

beforeAll(async () => {
  house = await startFaultyHouse({ connect_timeout_ms: 500, headers_timeout_ms: 2_000, idle_timeout_ms: 700 });
}, 30_000);

afterAll(() => house.stop());

/** Asks and gives the answer with the record that was written of it. */
async function askFor(
  client: ClientDialectName,
  model: string,
  stream = true,
): Promise<{ told: Told; record: ExchangeRecord }> {
  const told = await ask(house.gateway.origin, { dialect: client, model, stream });
  const records = await house.gateway.recordsOf(
    model,
    (record) => record.dialect === client && record.stream === stream,
  );
  const [record] = records;
  if (!record || records.length > 1) throw new Error(`${records.length} records of one exchange`);
  return { told, record };
}

/** Of Gemini only the end of the body says that an answer is over, so for it this is no oddity. */
const needsEndMark: readonly Fault[] = ['terminal-twice'];
const hasEndMark = (dialect: ClientDialectName) => dialect !== 'gemini';

describe.concurrent.each(pairs)('a $provider provider, asked in $client,', ({ provider, client }) => {
  it('tells its text when it is healthy', async () => {
    const { told } = await askFor(client, alone('healthy', provider));
    expect(endsOf(client, told)).toEqual(['done']);
    expect(textOf(client, told)).toBe(toldText);
  });

  it.each(faultsThat('early'))('that fails early (%s) is replaced unnoticed', async (fault) => {
    const { told, record } = await askFor(client, rescued(fault, provider, client));
    expect({ status: told.status, ends: endsOf(client, told), text: textOf(client, told) }).toEqual({
      status: 200,
      ends: ['done'],
      text: toldText,
    });
    expect(record).toMatchObject({ outcome: 'done', provider: alone('healthy', provider) });
    expect(record.attempts).toHaveLength(2);
    expect(expectations[fault].codes).toContain(record.attempts[0]?.failure?.code);
  });

  it.each(faultsThat('early'))('that fails early (%s) and alone ends in one error answer', async (fault) => {
    const { told, record } = await askFor(client, alone(fault, provider));
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.payloads).toHaveLength(1);
    expect(told.payloads[0]).toHaveProperty('error.message', expect.stringMatching(/\S/));
    expectFailed(fault, record);
  });

  it.each(faultsThat('late'))('that fails late (%s) ends in exactly one failure', async (fault) => {
    const { told, record } = await askFor(client, rescued(fault, provider, client));
    expect({ status: told.status, ends: endsOf(client, told) }).toEqual({ status: 200, ends: ['failed'] });
    const text = textOf(client, told);
    expect(text).not.toBe('');
    expect(toldText.startsWith(text)).toBe(true);
    expectFailed(fault, record);
  });

  it.each(faultsThat('harmless').filter((fault) => hasEndMark(provider) || !needsEndMark.includes(fault)))(
    'that does something odd (%s) is understood',
    async (fault) => {
      const { told, record } = await askFor(client, alone(fault, provider));
      expect(endsOf(client, told)).toEqual(['done']);
      expect(textOf(client, told)).toBe(toldText);
      expect(record).toMatchObject({ outcome: 'done', usage: { inputTokens: 11, outputTokens: 7 } });
    },
  );

  it.each(faults)('with %s gives a caller without a stream a whole answer or an error', async (fault) => {
    const { told, record } = await askFor(client, alone(fault, provider), false);
    expect(told.payloads).toHaveLength(1);
    const harmless = expectations[fault].when === 'harmless';
    expect({ fault, ok: told.status === 200 }).toEqual({ fault, ok: harmless });
    expect(record.outcome).toBe(harmless ? 'done' : 'failed');
  });
});

describe('the wait that a provider asks for', () => {
  it.each(dialectNames)('reaches a %s client as Retry-After', async (dialect) => {
    const told = await ask(house.gateway.origin, { dialect, model: alone('status-429-retry-after', dialect) });
    expect({ status: told.status, wait: told.headers.get('retry-after') }).toEqual({ status: 429, wait: '7' });
  });
});

function expectFailed(fault: Fault, record: ExchangeRecord): void {
  expect(record.outcome).toBe('failed');
  expect(expectations[fault].codes).toContain(record.failure?.code);
  expect(record.failure?.message).toMatch(/\S/);
}
