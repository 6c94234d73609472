import type { Payer } from '../../src/ledger/request.ts';
import type { WrittenLimits } from './ledger.ts';

/** A tree of budgets that a stress test exhausts, from all sides at once. */
export const stressLimits: WrittenLimits = {
  budgets: [
    { id: 'all', dollars: '0.0004', every: 'total' },
    { id: 'teams', dollars: '0.0002', every: 'total', per: 'team' },
    { id: 'users', dollars: '0.0001', every: 'year', rolling: true, per: 'user' },
    { id: 'keys', tokens: 5000, every: 'total', per: 'key' },
    { id: 'one', dollars: '0.00003', every: 'total', scope: { provider: 'one' } },
  ],
  rateLimits: [
    { id: 'running', concurrent_requests: 30 },
    { id: 'rpm', requests: 100_000, every: 'minute', per: 'user' },
  ],
};

/** One of the people of the test. */
export function payerOf(number: number): Payer {
  const person = number % 8;
  return { key: `key${person}`, user: `user${person % 4}`, team: `team${person % 2}`, organization: 'acme', tags: [] };
}
