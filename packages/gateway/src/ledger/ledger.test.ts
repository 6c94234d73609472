import { describe, expect, it } from 'vitest';
import {
  actualOf,
  ann,
  attemptOf,
  granted,
  nano,
  openTestLedger,
  refused,
  testStartMs,
} from '../../test/kit/ledger.ts';
import type { Payer } from './request.ts';

const hourMs = 3_600_000;
const caller = { payer: ann, exchangeId: 'req_1', session: 'one' };

describe('a budget', () => {
  it('holds what requests may cost, and lets go of what they did not', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10, every: 'day' }] });
    const first = ledger.open(caller);
    granted(await first.reserve(attemptOf(8)));
    const second = ledger.open(caller);
    expect(refused(await second.reserve(attemptOf(3)))).toMatchObject({ used: 0n, held: nano(8), remaining: nano(2) });
    await first.close(actualOf(1));
    granted(await second.reserve(attemptOf(9)));
    await second.close(actualOf(9));
    expect(refused(await ledger.open(caller).reserve(attemptOf(0.01)))).toMatchObject({
      kind: 'budget',
      limitId: 'daily',
      owner: { level: 'gateway' },
      limit: nano(10),
      used: nano(10),
      held: 0n,
      resetsAtMs: testStartMs + hourMs,
      retryAfterMs: hourMs,
      contact: '#ai-platform',
      elsewhere: false,
    });
  });

  it('begins anew with the next window, and what runs over the border is counted where it began', async () => {
    const { ledger, clock } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10, every: 'day' }] });
    const late = ledger.open(caller);
    granted(await late.reserve(attemptOf(10)));
    clock.nowMs += hourMs;
    const next = ledger.open(caller);
    granted(await next.reserve(attemptOf(10)));
    await late.close(actualOf(10));
    await next.close(actualOf(4));
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(4), held: 0n }]);
    clock.nowMs -= hourMs;
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(10) }]);
  });

  it('keeps what was spent when its limit is changed', async () => {
    const { ledger, replace } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10, every: 'day' }] });
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(6)));
    await tab.close(actualOf(6));
    replace({ budgets: [{ id: 'daily', dollars: 5, every: 'day' }] });
    expect(refused(await ledger.open(caller).reserve(attemptOf(0.1)))).toMatchObject({ used: nano(6), limit: nano(5) });
    replace({ budgets: [{ id: 'daily', dollars: 7, every: 'day' }] });
    granted(await ledger.open(caller).reserve(attemptOf(1)));
  });

  it('is larger while an increase lasts', async () => {
    const increases = [{ dollars: 5, until: '2026-11-21T23:30:00Z' }];
    const { ledger, clock } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10, every: 'day', increases }] });
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(15)));
    await tab.close(actualOf(0));
    clock.nowMs += hourMs / 2;
    expect(refused(await ledger.open(caller).reserve(attemptOf(11)))).toMatchObject({ limit: nano(10) });
  });

  it('counts apart for each of its owners', async () => {
    const { ledger } = openTestLedger({
      budgets: [{ id: 'each', dollars: 1, per: 'user', scope: { team: 'platform' } }],
    });
    const bob: Payer = { ...ann, user: 'bob' };
    granted(await ledger.open(caller).reserve(attemptOf(1)));
    granted(await ledger.open({ ...caller, payer: bob }).reserve(attemptOf(1)));
    const refusal = refused(await ledger.open({ ...caller, payer: bob }).reserve(attemptOf(1)));
    expect(refusal).toMatchObject({ owner: { level: 'user', name: 'bob' }, where: 'team platform' });
    const service: Payer = { team: 'platform', tags: [] };
    granted(await ledger.open({ ...caller, payer: service }).reserve(attemptOf(5)));
  });

  it('in shadow mode refuses nothing and tells what it would have', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'trial', dollars: 1, mode: 'shadow' }] });
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(2)));
    expect(tab.shadowed()).toMatchObject([{ limitId: 'trial', kind: 'budget' }]);
    await tab.close(actualOf(2));
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(2), enforced: false }]);
  });

  it('does not count the model that stands in for it', async () => {
    const budgets = [{ id: 'dear', dollars: 1, fallback_model: 'openai/small' }];
    const { ledger } = openTestLedger({ budgets });
    const tab = ledger.open(caller);
    expect(refused(await tab.reserve(attemptOf(2)))).toMatchObject({ fallbackModel: 'openai/small' });
    const small = { modelAsked: 'openai/small', place: { provider: 'openai', model: 'small' } };
    granted(await tab.reserve(attemptOf(2, small)));
    await tab.close(actualOf(2));
    expect(await ledger.standings(ann)).toMatchObject([{ used: 0n }]);
  });

  it('does not hold what has no known price', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] });
    const attempt = attemptOf(0, { estimate: { inputTokens: 10, outputTokens: 10 } });
    expect(refused(await ledger.open(caller).reserve(attempt))).toMatchObject({ why: 'unpriced', limitId: 'daily' });
    const { ledger: inTokens } = openTestLedger({ budgets: [{ id: 'daily', tokens: 20 }] });
    granted(await inTokens.open(caller).reserve(attempt));
  });

  it('books what was reserved where the price turned out to be unknown: never nothing', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] });
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(3)));
    await tab.close({ inputTokens: 5, outputTokens: 5, estimated: false });
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(3) }]);
  });

  it('books the estimate where nobody says what it was', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] });
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(3)));
    await tab.close();
    await tab.close(actualOf(1));
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(3), held: 0n }]);
  });

  it('grows with an answer, or says that it cannot', async () => {
    const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] });
    const tab = ledger.open(caller);
    const reservation = granted(await tab.reserve(attemptOf(3)));
    expect(await reservation.topUp(attemptOf(9).estimate)).toBeUndefined();
    expect(await reservation.topUp(attemptOf(11).estimate)).toMatchObject({ refused: true, limitId: 'daily' });
    expect(await ledger.standings(ann)).toMatchObject([{ held: nano(9) }]);
    await reservation.settle(actualOf(8));
    await reservation.settle(actualOf(8));
    expect(await ledger.standings(ann)).toMatchObject([{ used: nano(8), held: 0n }]);
  });

  it('raises each alert once, when its share is passed', async () => {
    const budgets = [{ id: 'daily', dollars: 10, every: 'day' as const, warn_at: [0.5, 0.9, 1] }];
    const { ledger, alerts } = openTestLedger({ budgets });
    for (const dollars of [4, 1.5, 3, 1, 3]) {
      const tab = ledger.open(caller);
      granted(await tab.reserve(attemptOf(0.1)));
      await tab.close(actualOf(dollars));
      if (dollars === 1) break;
    }
    expect(alerts.map(({ share, used }) => [share, used])).toEqual([
      [0.5, nano(5.5)],
      [0.9, nano(9.5)],
    ]);
  });
});

describe('several budgets', () => {
  const budgets = [
    { id: 'org', dollars: 100, scope: { organization: 'acme' } },
    { id: 'team', dollars: 10, scope: { team: 'platform' } },
    { id: 'key', dollars: 5, scope: { key: 'ann-laptop' } },
    { id: 'tagged', dollars: 50, scope: { tag: 'ci' } },
    { id: 'openai', dollars: 20, scope: { provider: 'openai' } },
    { id: 'other', dollars: 0, scope: { team: 'other' } },
  ];

  it('all hold, and where one has no room nothing is held by the others', async () => {
    const { ledger } = openTestLedger({ budgets });
    expect(refused(await ledger.open(caller).reserve(attemptOf(6)))).toMatchObject({ limitId: 'key' });
    const standings = await ledger.standings(ann);
    expect(standings.map(({ limitId, held }) => [limitId, held])).toEqual([
      ['tagged', 0n],
      ['key', 0n],
      ['team', 0n],
      ['org', 0n],
    ]);
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(5)));
    expect(tab.standings().map(({ limitId, held }) => [limitId, held])).toEqual(
      ['tagged', 'key', 'team', 'org', 'openai'].map((id) => [id, nano(5)]),
    );
  });

  it('tells of the one that neither another deployment nor a fallback helps against', async () => {
    const spent = [
      { id: 'provider', dollars: 0, scope: { provider: 'open*' }, every: 'total' as const },
      { id: 'cheaper', dollars: 0, fallback_model: 'small', every: 'total' as const },
      { id: 'hour', dollars: 0, every: 'hour' as const },
      { id: 'year', dollars: 0, every: 'year' as const },
    ];
    const { ledger, replace } = openTestLedger({ budgets: spent });
    expect(refused(await ledger.open(caller).reserve(attemptOf(1)))).toMatchObject({ limitId: 'year' });
    replace({ budgets: spent.slice(0, 1) });
    expect(refused(await ledger.open(caller).reserve(attemptOf(1)))).toMatchObject({ elsewhere: true });
  });
});

describe('attempts of one exchange', () => {
  const rateLimits = [
    { id: 'rpm', requests: 1, every: 'minute' as const },
    { id: 'tpm', tokens: 100, every: 'minute' as const },
    { id: 'running', concurrent_requests: 1 },
    { id: 'on-openai', concurrent_requests: 1, scope: { provider: 'openai' } },
  ];
  const elsewhere = { place: { provider: 'anthropic', model: 'claude' }, modelAsked: 'fast', tokens: 100 };

  it('are one request, and each has its own tokens and money', async () => {
    const { ledger } = openTestLedger({ rateLimits, budgets: [{ id: 'daily', dollars: 10 }] });
    const tab = ledger.open(caller);
    const first = granted(await tab.reserve(attemptOf(10, { tokens: 100 })));
    await first.settle(actualOf(2, 0));
    const second = granted(await tab.reserve(attemptOf(8, elsewhere)));
    await second.settle(actualOf(1, 50));
    const standings = await ledger.standings(ann);
    expect(standings.map(({ limitId, used }) => [limitId, used])).toEqual([
      ['daily', nano(3)],
      ['rpm', 1n],
      ['tpm', 50n],
      ['running', 1n],
    ]);
    await tab.close();
    expect((await ledger.standings(ann)).at(-1)).toMatchObject({ limitId: 'running', used: 0n });
  });

  it('let go of a provider when they leave it, and of the rest at the end', async () => {
    const { ledger } = openTestLedger({ rateLimits: rateLimits.slice(2) });
    const tab = ledger.open(caller);
    await granted(await tab.reserve(attemptOf(1))).settle(actualOf(0));
    granted(await tab.reserve(attemptOf(1, elsewhere)));
    const other = { ...caller, payer: { tags: [] }, exchangeId: 'req_2' };
    expect(refused(await ledger.open(other).reserve(attemptOf(1)))).toMatchObject({
      limitId: 'running',
      kind: 'concurrency',
      elsewhere: false,
      retryAfterMs: 1000,
    });
    await tab.close(actualOf(0));
    granted(await ledger.open(other).reserve(attemptOf(1)));
  });

  it('of a caller without limits cost nothing', () => {
    const { ledger } = openTestLedger({});
    const tab = ledger.open(caller);
    expect(tab.reserve(attemptOf(1))).not.toBeInstanceOf(Promise);
    expect(tab.close(actualOf(1))).toBeUndefined();
  });
});

describe('a rate limit', () => {
  it('tells when to come again', async () => {
    const { ledger, clock } = openTestLedger({ rateLimits: [{ id: 'rpm', requests: 60, every: 'minute', burst: 2 }] });
    const ask = () => ledger.open(caller).reserve(attemptOf(0));
    granted(await ask());
    granted(await ask());
    const refusal = refused(await ask());
    expect(refusal).toMatchObject({ kind: 'rate', limit: 2n, remaining: 0n, retryAfterMs: 1000 });
    expect(refusal.resetsAtMs).toBe(testStartMs + 2000);
    clock.nowMs += 1000;
    granted(await ask());
    refused(await ask());
  });

  it('of a model holds for whichever name leads there', async () => {
    const rateLimits = [{ id: 'gpt', requests: 1, every: 'minute' as const, scope: { model: 'openai/g*' } }];
    const { ledger } = openTestLedger({ rateLimits });
    granted(await ledger.open(caller).reserve(attemptOf(0, { modelAsked: 'openai/gpt' })));
    expect(refused(await ledger.open(caller).reserve(attemptOf(0)))).toMatchObject({ limitId: 'gpt', elsewhere: true });
    granted(await ledger.open(caller).reserve(attemptOf(0, { place: { provider: 'anthropic', model: 'g' } })));
  });
});
