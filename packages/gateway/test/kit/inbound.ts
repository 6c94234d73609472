import type { Inbound } from '../../src/pipeline/inbound.ts';

/** A request as it came in, for those who need one: nothing is special of it but what is given. */
export function inboundOf(given: Partial<Inbound> = {}): Inbound {
  return {
    id: 'ex_1',
    receivedAt: 0,
    receivedMonotonicMs: 0,
    dialect: 'responses',
    credentials: {},
    agent: 'other',
    headers: {},
    readBody: () => Promise.resolve(Buffer.alloc(0)),
    signal: new AbortController().signal,
    ...given,
  };
}
