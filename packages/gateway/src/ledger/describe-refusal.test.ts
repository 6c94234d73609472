import { describe, expect, it } from 'vitest';
import {
  actualOf,
  ann,
  attemptOf,
  granted,
  openTestLedger,
  refused,
  type WrittenLimits,
} from '../../test/kit/ledger.ts';
import { describeRefusal } from './describe-refusal.ts';

const caller = { payer: ann, exchangeId: 'req_1', session: 'one' };

/** What is said to one who has spent `dollars` and `tokens` and asks for as much again. */
async function said(limits: WrittenLimits, dollars: number, tokens = 0, payer = ann): Promise<string> {
  const { ledger } = openTestLedger(limits);
  const tab = ledger.open({ ...caller, payer });
  granted(await tab.reserve(attemptOf(dollars, { tokens })));
  await tab.close(actualOf(dollars, tokens));
  return describeRefusal(refused(await ledger.open({ ...caller, payer }).reserve(attemptOf(dollars, { tokens }))));
}

describe('describeRefusal', () => {
  it.each<[string, WrittenLimits, number, number, string]>([
    [
      'a spent budget',
      { budgets: [{ id: 'daily', dollars: 50, every: 'day', scope: { team: 'platform' } }] },
      50,
      0,
      'Team "platform" has spent $50.00 of its $50.00 per day ("daily"). It resets on 22 November, 00:00 UTC. Ask #ai-platform.',
    ],
    [
      'a budget with too little left',
      { budgets: [{ id: 'b', name: 'My month', dollars: 5, per: 'user', scope: { model: 'openai/*' } }] },
      3,
      0,
      'User "ann" has spent $3.00 of its $5.00 per month for model openai/* ("My month"); this request may need $3.00. It resets on 1 December, 00:00 UTC. Ask #ai-platform.',
    ],
    [
      'a budget in tokens that never resets',
      { budgets: [{ id: 'trial', tokens: 15_000, every: 'total', scope: { key: 'ann-laptop' } }] },
      0,
      10_000,
      'Virtual key "ann-laptop" has spent 10,000 tokens of its 15,000 tokens in total ("trial"); this request may need 10,000 tokens. It does not reset. Ask #ai-platform.',
    ],
    [
      'a day of somewhere else',
      { budgets: [{ id: 'd', dollars: 1, every: 'day', time_zone: 'Europe/Berlin' }] },
      1,
      0,
      'The gateway has spent $1.00 of its $1.00 per day ("d"). It resets on 23 November, 00:00 Europe/Berlin. Ask #ai-platform.',
    ],
    [
      'a rolling window',
      { budgets: [{ id: 'd', dollars: 0.004, every: 'day', rolling: true }] },
      0.004,
      0,
      'The gateway has spent $0.0040 of its $0.0040 per day (rolling) ("d"). Some of it is free again on 22 November, 23:15 UTC. Ask #ai-platform.',
    ],
    [
      'a rate of requests',
      { rateLimits: [{ id: 'rpm', requests: 1, every: 'minute', per: 'key' }] },
      0,
      0,
      'Virtual key "ann-laptop" may use 1 request per minute ("rpm"), and has. Try again in 60 seconds. Ask #ai-platform.',
    ],
  ])('tells of %s', async (_, ...[limits, dollars, tokens, sentence]) => {
    expect(await said(limits, dollars, tokens)).toBe(sentence);
  });

  it('tells what running requests hold', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'd', dollars: 10, every: 'day' }] });
    granted(await ledger.open(caller).reserve(attemptOf(8)));
    expect(describeRefusal(refused(await ledger.open(caller).reserve(attemptOf(4))))).toContain(
      'has spent $0.00 of its $10.00 per day ("d") and $8.00 is reserved by running requests; this request may need $4.00.',
    );
  });

  it('tells of too many at a time', async () => {
    const { ledger } = openTestLedger({ rateLimits: [{ id: 'two', concurrent_requests: 1, per: 'user' }] });
    granted(await ledger.open(caller).reserve(attemptOf(0)));
    expect(describeRefusal(refused(await ledger.open(caller).reserve(attemptOf(0))))).toBe(
      'User "ann" has 1 of 1 request at a time ("two"). Try again in a second. Ask #ai-platform.',
    );
  });

  it('tells of a price that is not known', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'd', dollars: 10, scope: { team: 'platform' } }] });
    const attempt = attemptOf(0, { estimate: { inputTokens: 1, outputTokens: 1 } });
    const payer = { team: 'platform', tags: [] };
    expect(describeRefusal(refused(await ledger.open({ ...caller, payer }).reserve(attempt)))).toBe(
      'The price of this model is not known, so it cannot be counted in the budget "d" of team "platform". Ask whoever runs the gateway to set its price.',
    );
  });
});
