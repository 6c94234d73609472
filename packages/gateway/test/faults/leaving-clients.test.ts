import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import { endsOf, openQuestion, toldSoFar } from '../kit/ask.ts';
import { alone, dialectNames, type FaultyHouse, startFaultyHouse } from './faulty-providers.ts';

let house: FaultyHouse;

// Deadlines so long that only the client's leaving can end an exchange within the test's patience.
beforeAll(async () => {
  house = await startFaultyHouse({ headers_timeout_ms: 600_000, idle_timeout_ms: 600_000 });
}, 30_000);

afterAll(() => house.stop());

const patience = { timeout: 1_000, interval: 5 };

/** Through both lanes. */
function askedIn(provider: ClientDialectName): readonly ClientDialectName[] {
  return provider === 'responses' ? [provider] : ['responses', provider];
}

/** Reads no further than the event that ends the answer: what Codex does. */
async function readUntilEnd(client: ClientDialectName, answer: Response): Promise<void> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; endsOf(client, toldSoFar(answer, text)).length === 0;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return;
    text += piece.value;
  }
}

describe.each(dialectNames)('a client that leaves a %s provider', (provider) => {
  it.each(askedIn(provider))(
    'in the middle of a stream (asked in %s) ends the call upstream at once',
    async (client) => {
      const upstream = house.upstreams[provider];
      const before = upstream.abandoned('hang-midway');
      const leaving = new AbortController();
      const model = `${alone('hang-midway', provider)}/model`;
      const answer = await openQuestion(house.gateway.origin, { dialect: client, model, signal: leaving.signal });
      await answer.body?.getReader().read();
      leaving.abort();
      await vi.waitFor(() => expect(upstream.abandoned('hang-midway')).toBe(before + 1), patience);
      const [record] = await house.gateway.recordsOf(model, (each) => each.dialect === client);
      expect(record).toMatchObject({ outcome: 'abandoned', status: 200, provider: alone('hang-midway', provider) });
    },
  );

  it.each(askedIn(provider))('after the end was told (asked in %s) has got a whole answer', async (client) => {
    const leaving = new AbortController();
    const model = `${alone('open-after-end', provider)}/model`;
    const answer = await openQuestion(house.gateway.origin, { dialect: client, model, signal: leaving.signal });
    await readUntilEnd(client, answer);
    leaving.abort();
    const [record] = await house.gateway.recordsOf(model, (each) => each.dialect === client);
    expect(record).toMatchObject({ outcome: 'done', status: 200, usage: { inputTokens: 11, outputTokens: 7 } });
    expect(record).not.toHaveProperty('failure');
  });

  it('before anything was answered ends the call upstream at once', async () => {
    const upstream = house.upstreams[provider];
    const leaving = new AbortController();
    const model = alone('hang-before-headers', provider);
    const asked = openQuestion(house.gateway.origin, { dialect: 'responses', model, signal: leaving.signal });
    await vi.waitFor(() => expect(upstream.requests('hang-before-headers')).toBe(1), patience);
    leaving.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    await vi.waitFor(() => expect(upstream.abandoned('hang-before-headers')).toBe(1), patience);
    const [record] = await house.gateway.recordsOf(model);
    expect(record).toMatchObject({ outcome: 'abandoned', status: 499 });
  });
});
