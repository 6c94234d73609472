import { expect, it } from 'vitest';
import { actualOf, ann, attemptOf, granted, openTestLedger } from '../../test/kit/ledger.ts';
import { allowWhileUnreachable } from './allowance.ts';
import { type Counters, CountersUnreachable } from './counters.ts';
import { createMemoryCounters } from './memory/memory-counters.ts';

const caller = { payer: ann, exchangeId: 'req_1' };

/** Counters that can be cut off, as a server is. */
function cuttable() {
  const inner = createMemoryCounters({ nowMs: 0 });
  let isCut = false;
  const counters: Counters = {
    ...inner,
    reserve(hold, nowMs) {
      if (isCut) throw new CountersUnreachable('gone');
      return inner.reserve(hold, nowMs);
    },
  };
  return { counters, cut: (on: boolean) => (isCut = on) };
}

it('counters that cannot be asked refuse everything', async () => {
  const { counters, cut } = cuttable();
  const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] }, counters);
  cut(true);
  const answer = await ledger.open(caller).reserve(attemptOf(1));
  expect(answer).toMatchObject({ refused: true, why: 'counters-unreachable' });
});

it('an allowance lets so much through meanwhile, counts what was spent of it, and is whole again afterwards', async () => {
  const { counters, cut } = cuttable();
  const { ledger } = openTestLedger(
    { budgets: [{ id: 'daily', dollars: 10 }] },
    allowWhileUnreachable(counters, 3_000_000_000n),
  );
  const spend = async (dollars: number) => {
    const tab = ledger.open(caller);
    granted(await tab.reserve(attemptOf(dollars)));
    await tab.close(actualOf(dollars / 2));
  };
  cut(true);
  await spend(2);
  await spend(2);
  expect(await ledger.open(caller).reserve(attemptOf(2))).toMatchObject({ why: 'counters-unreachable' });
  const unpriced = attemptOf(0, { modelAsked: 'x', estimate: { inputTokens: 1, outputTokens: 1 } });
  expect(await ledger.open(caller).reserve(unpriced)).toMatchObject({ refused: true });
  cut(false);
  await spend(1);
  cut(true);
  await spend(3);
});
