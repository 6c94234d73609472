import { expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { CountersUnreachable } from '../ledger/counters.ts';
import type { Standing } from '../ledger/refusal.ts';
import { withBudgetUsed } from './budget-used.ts';

const base: Standing = {
  kind: 'budget',
  limitId: 'b',
  limitName: 'b',
  owner: { level: 'gateway' },
  where: undefined,
  unit: 'nano-dollars',
  enforced: true,
  limit: 100n,
  used: 0n,
  held: 0n,
  remaining: 0n,
};

async function questionFor(when: string) {
  const { snapshot } = await goodConfiguration(`
providers: { local: { kind: openai-compatible, base_url: http://127.0.0.1:9/v1, keyless: true } }
rules: [{ name: one, when: "${when}", do: { refuse: "No." } }]
`);
  const principal = {
    id: 'k',
    name: 'k',
    tenant: 'k',
    tags: [],
    grants: [],
    parties: {},
    demands: [],
    contentLogging: 'inherit',
  } as const;
  return { snapshot, principal };
}

it.each<[string, readonly Standing[], number]>([
  [
    'the fullest',
    [
      { ...base, used: 10n, held: 5n },
      { ...base, used: 70n },
      { ...base, kind: 'rate', used: 99n },
    ],
    0.7,
  ],
  ['one of nothing', [{ ...base, limit: 0n }], 1],
  ['none', [], 0],
])('how much of budgets is used is that of %s', async (_what, standings, share) => {
  const question = await questionFor('budget_used > 0.5');
  const { budgetUsed } = await withBudgetUsed(question, { standings: () => Promise.resolve(standings) });
  expect(budgetUsed).toBe(share);
});

it('the counters are asked only for a rule that asks, and need not answer', async () => {
  const silent = { standings: () => Promise.reject(new CountersUnreachable('no')) };
  const [asks, other] = [await questionFor('budget_used > 0.5'), await questionFor('stream')];
  expect(await withBudgetUsed(asks, silent)).toBe(asks);
  expect(await withBudgetUsed(other, { standings: () => Promise.reject(new Error('asked')) })).toBe(other);
});
