import type { Claim, ClaimState, Counters, Hold, Settlement, Verdict } from '../counters.ts';
import { CountersUnreachable } from '../counters.ts';
import type { JournalWriter } from '../journal-writer.ts';
import type { Balance } from '../journal.ts';
import { lapsedSettlement } from '../lapsed.ts';
import { postingsOf } from '../postings.ts';
import { createBuckets } from './buckets.ts';
import { createConcurrency } from './concurrency.ts';
import { createWindowAccounts } from './window-accounts.ts';

export interface MemoryCountersParts {
  /** Where entries go. Absent: nowhere, all is forgotten with the process. */
  readonly journal?: JournalWriter;
  /** What the journal knows from before. */
  readonly balances?: readonly Balance[];
  /** Holds that an earlier process left: they are booked at their estimates. */
  readonly lapsed?: readonly Hold[];
  readonly nowMs: number;
  /** Why nothing may be reserved any more, where there is such a reason. */
  whyNot?(): string | undefined;
}

/** How often what no longer counts is forgotten. */
const sweepEveryMs = 60_000;

/** Counts in this process, which must be the only one. Nothing waits: entries follow to the journal in groups. */
export function createMemoryCounters({ journal, balances, lapsed, nowMs, whyNot }: MemoryCountersParts): Counters {
  const windows = createWindowAccounts();
  const buckets = createBuckets();
  const concurrency = createConcurrency();
  const open = new Map<string, Hold>();
  let sweptMs = nowMs;

  for (const { settled, ...balance } of balances ?? []) windows.book({ ...balance, amount: settled });
  for (const hold of lapsed ?? []) book(lapsedSettlement(hold, nowMs), nowMs);

  function look(claim: Claim, more: bigint, nowMs: number): ClaimState {
    if (claim.kind === 'window') return windows.look(claim, more, nowMs);
    return claim.kind === 'rate' ? buckets.look(claim, nowMs) : concurrency.look(claim, nowMs);
  }

  function take(claim: Claim, nowMs: number): void {
    if (claim.kind === 'window') windows.hold(claim, claim.amount, nowMs);
    else if (claim.kind === 'rate') buckets.pour(claim, claim.amount, nowMs);
    else concurrency.take(claim, nowMs);
  }

  function giveBack(claim: Claim, booked: bigint, nowMs: number, keepRunning: boolean): void {
    if (claim.kind === 'window') windows.hold(claim, -claim.amount, nowMs);
    else if (claim.kind === 'rate') buckets.pour(claim, booked - claim.amount, nowMs);
    else if (claim.kind === 'running' && !(keepRunning && claim.carried)) concurrency.release(claim);
  }

  function book({ hold, amounts, entry }: Settlement, nowMs: number): void {
    const postings = postingsOf(hold.claims, amounts, nowMs);
    for (const posting of postings) windows.book(posting);
    if (postings.length > 0) journal?.book({ entry, postings });
  }

  const statesOf = (claims: readonly Claim[], nowMs: number) => claims.map((claim) => look(claim, 0n, nowMs));

  function reserve(hold: Hold, nowMs: number): Verdict {
    const reason = whyNot?.();
    if (reason !== undefined) throw new CountersUnreachable(reason);
    if (nowMs - sweptMs > sweepEveryMs || nowMs < sweptMs) sweep(nowMs);
    const states = hold.claims.map((claim) => look(claim, 'amount' in claim ? claim.amount : 1n, nowMs));
    const granted = allFit(hold.claims, states);
    if (!granted) return { granted, states };
    for (const claim of hold.claims) take(claim, nowMs);
    open.set(hold.id, hold);
    if (isJournaled(hold)) journal?.open(hold);
    return { granted, states: taken(hold.claims, states) };
  }

  function extend(larger: Hold, nowMs: number): Verdict {
    const before = open.get(larger.id);
    if (!before) return { granted: true, states: statesOf(larger.claims, nowMs) };
    const growth = larger.claims.map((claim, index) => growthOf(before.claims[index], claim));
    const states = larger.claims.map((claim, index) =>
      claim.kind === 'window' ? windows.look(claim, growth[index] ?? 0n, nowMs) : look(claim, 0n, nowMs),
    );
    const windowsOnly = larger.claims.map((claim) => (claim.kind === 'window' ? claim : undefined));
    const granted = windowsOnly.every((claim, index) => !claim?.enforced || states[index]?.fits);
    if (!granted) return { granted, states };
    for (const [index, claim] of windowsOnly.entries()) if (claim) windows.hold(claim, growth[index] ?? 0n, nowMs);
    open.set(larger.id, larger);
    if (isJournaled(larger)) journal?.open(larger);
    return { granted, states };
  }

  function settle(settlement: Settlement, nowMs: number): readonly ClaimState[] | undefined {
    const hold = open.get(settlement.hold.id);
    if (!hold) return undefined;
    open.delete(hold.id);
    for (const [index, claim] of hold.claims.entries())
      giveBack(claim, settlement.amounts[index] ?? 0n, nowMs, settlement.keepRunning);
    book(settlement, nowMs);
    return statesOf(hold.claims, nowMs);
  }

  function sweep(nowMs: number): void {
    sweptMs = nowMs;
    for (const each of [windows, buckets, concurrency]) each.sweep(nowMs);
  }

  return {
    shared: false,
    reserve,
    extend,
    settle,
    release({ claims }) {
      for (const claim of claims) if (claim.kind === 'running' && claim.carried) concurrency.release(claim);
    },
    read: statesOf,
    close: async () => journal?.close(),
  };
}

/** Whether every claim that may refuse fits. */
function allFit(claims: readonly Claim[], states: readonly ClaimState[]): boolean {
  return claims.every((claim, index) => !claim.enforced || states[index]?.fits);
}

/** States as they are once the claims are taken; they fit as they did before. */
function taken(claims: readonly Claim[], states: readonly ClaimState[]): readonly ClaimState[] {
  return states.map((state, index) => {
    const claim = claims[index];
    const { fits, used, held } = state;
    if (claim?.kind === 'window') return { fits, used, held: held + claim.amount };
    if (claim?.kind === 'rate') return { fits, used: used + claim.amount, held };
    return claim?.kind === 'running' ? { fits, used: used + 1n, held } : state;
  });
}

function growthOf(before: Claim | undefined, after: Claim): bigint {
  return before?.kind === 'window' && after.kind === 'window' ? after.amount - before.amount : 0n;
}

/** What has no part in a budget leaves nothing behind. */
function isJournaled({ claims }: Hold): boolean {
  return claims.some(({ kind }) => kind === 'window');
}
