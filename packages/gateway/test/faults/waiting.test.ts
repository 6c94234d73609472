import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, endsOf, type Told, textOf } from '../kit/ask.ts';
import { toldText } from '../kit/faulty-upstream.ts';
import { alone, dialectNames, type FaultyHouse, rescued, startFaultyHouse } from './faulty-providers.ts';

let house: FaultyHouse;

beforeAll(async () => {
  house = await startFaultyHouse({ headers_timeout_ms: 600, idle_timeout_ms: 600, keepalive_ms: 100 });
}, 30_000);

afterAll(() => house.stop());

/** Signs of life in the form that a dialect's clients count as such. Codex hears only data events, no comments. */
const lifeSigns = {
  responses: (told: Told) => told.payloads.filter((payload) => payload['type'] === 'keepalive').length,
  messages: (told: Told) => told.payloads.filter((payload) => payload['type'] === 'ping').length,
  chat: (told: Told) => told.text.split(/^:/m).length - 1,
  gemini: (told: Told) => told.text.split(/^:/m).length - 1,
} as const;

describe.concurrent.each(dialectNames)('a %s client that is kept waiting', (dialect) => {
  it.each(['hang-before-headers', 'hang-at-start'] as const)(
    'by %s hears signs of life, then one failure',
    async (fault) => {
      const told = await ask(house.gateway.origin, { dialect, model: alone(fault, dialect) });
      expect(told.status).toBe(200);
      expect(lifeSigns[dialect](told)).toBeGreaterThan(1);
      expect(endsOf(dialect, told)).toEqual(['failed']);
    },
  );

  it.each(['hang-before-headers', 'hang-at-start'] as const)(
    'by %s hears signs of life, then the answer of another',
    async (fault) => {
      const told = await ask(house.gateway.origin, { dialect, model: rescued(fault, dialect, dialect) });
      expect(told.status).toBe(200);
      expect(lifeSigns[dialect](told)).toBeGreaterThan(1);
      expect({ ends: endsOf(dialect, told), text: textOf(dialect, told) }).toEqual({ ends: ['done'], text: toldText });
    },
  );

  it('hears them in the middle of an answer, too', async () => {
    const told = await ask(house.gateway.origin, { dialect, model: alone('hang-midway', dialect) });
    expect(lifeSigns[dialect](told)).toBeGreaterThan(1);
    expect(endsOf(dialect, told)).toEqual(['failed']);
  });

  it('but wants no stream gets an error answer and nothing before it', async () => {
    const told = await ask(house.gateway.origin, { dialect, model: alone('hang-at-start', dialect), stream: false });
    expect(told.status).toBe(504);
    expect(told.payloads).toHaveLength(1);
  });
});
