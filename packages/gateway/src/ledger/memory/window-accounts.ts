import type { ClaimState, WindowClaim } from '../counters.ts';
import type { Posting } from '../journal.ts';
import { oldestBucketMs, type RollingWindow, slotOf } from '../window.ts';

interface Amounts {
  settled: bigint;
  held: bigint;
  readonly keptUntilMs: number | undefined;
}

/** What is booked on an account, by the starts of its windows or buckets. Holds of rolling windows are of no bucket yet. */
interface Account {
  readonly slots: Map<number, Amounts>;
  rollingHeld: bigint;
}

/** Budgets' settled and held amounts. Nothing here refuses: whoever claims looks first. */
export interface WindowAccounts {
  /** How a claim stands; it fits if `more` can still be held. */
  look(claim: WindowClaim, more: bigint, nowMs: number): ClaimState;
  /** Holds so much more, or with a negative amount less. */
  hold(claim: WindowClaim, more: bigint, nowMs: number): void;
  /** Adds to what is settled. */
  book(posting: Posting): void;
  /** Forgets windows that are long over. */
  sweep(nowMs: number): void;
}

export function createWindowAccounts(): WindowAccounts {
  const accounts = new Map<string, Account>();

  function accountOf(name: string): Account {
    let account = accounts.get(name);
    if (!account) accounts.set(name, (account = { slots: new Map(), rollingHeld: 0n }));
    return account;
  }

  return {
    look(claim, more, nowMs) {
      const account = accounts.get(claim.account);
      if (claim.window.kind === 'rolling') return lookBack(account, claim.limit - more, claim.window, nowMs);
      const slot = account?.slots.get(claim.window.startsAtMs);
      const used = slot?.settled ?? 0n;
      const held = slot?.held ?? 0n;
      return { fits: used + held + more <= claim.limit, used, held };
    },
    hold(claim, more, nowMs) {
      const account = accountOf(claim.account);
      if (claim.window.kind === 'rolling') {
        account.rollingHeld += more;
        return;
      }
      const { startsAtMs, keptUntilMs } = slotOf(claim.window, nowMs);
      slotAt(account, startsAtMs, keptUntilMs).held += more;
    },
    book({ account, startsAtMs, keptUntilMs, amount }) {
      slotAt(accountOf(account), startsAtMs, keptUntilMs).settled += amount;
    },
    sweep(nowMs) {
      for (const [name, account] of accounts) {
        for (const [startsAtMs, { held, keptUntilMs }] of account.slots) {
          if (held === 0n && keptUntilMs !== undefined && keptUntilMs < nowMs) account.slots.delete(startsAtMs);
        }
        if (account.slots.size === 0 && account.rollingHeld === 0n) accounts.delete(name);
      }
    },
  };
}

function slotAt(account: Account, startsAtMs: number, keptUntilMs: number | undefined): Amounts {
  let slot = account.slots.get(startsAtMs);
  if (!slot) account.slots.set(startsAtMs, (slot = { settled: 0n, held: 0n, keptUntilMs }));
  return slot;
}

function lookBack(account: Account | undefined, limit: bigint, window: RollingWindow, nowMs: number): ClaimState {
  const fromMs = oldestBucketMs(window, nowMs);
  const held = account?.rollingHeld ?? 0n;
  let used = 0n;
  let oldestMs = Infinity;
  for (const [startsAtMs, { settled }] of account?.slots ?? []) {
    if (startsAtMs < fromMs || settled === 0n) continue;
    used += settled;
    oldestMs = Math.min(oldestMs, startsAtMs);
  }
  const fits = used + held <= limit;
  if (fits || oldestMs === Infinity) return { fits, used, held };
  return { fits, used, held, waitMs: freeAtMs(oldestMs, window) - nowMs };
}

/** When a bucket no longer counts. */
function freeAtMs(bucketStartMs: number, { lengthMs, bucketMs }: RollingWindow): number {
  return bucketStartMs + bucketMs + lengthMs;
}
