import type { Clock } from '../core/clock.ts';
import type { LimitBook } from './applicable.ts';
import type { BudgetAlert } from './alerts.ts';
import { claimOf } from './claims.ts';
import type { Counters } from './counters.ts';
import { openTab } from './open-tab.ts';
import type { Standing } from './refusal.ts';
import { rehearseTab } from './rehearse-tab.ts';
import type { Caller, Payer } from './request.ts';
import { standingOf } from './standing.ts';
import type { Tab } from './tab.ts';
import { createWaitingRoom } from './waiting-room.ts';

export interface LedgerParts {
  /** The limits as they are now. */
  limits(): LimitBook;
  readonly counters: Counters;
  readonly clock: Clock;
  /** A fresh id with this prefix. */
  newId(prefix: string): string;
  /** A budget has come close to its limit, or to its end. */
  onAlert(alert: BudgetAlert): void;
}

/** Keeps budgets and rate limits: nothing is spent without room for it, and nothing that was spent is forgotten. */
export interface Ledger {
  /** For an exchange that begins. Must be closed in its `finally`. */
  open(caller: Caller): Tab;
  /** The same for a request that is only thought of: answers as `open` would, at this time if one is given, and claims nothing. Needs no closing. */
  rehearse(caller: Caller, atMs?: number): Tab;
  /** How the limits stand that hold for a payer wherever requests go. Rejects with `CountersUnreachable`. */
  standings(payer: Payer): Promise<readonly Standing[]>;
}

/** Room that other processes made is looked for so often. */
const pollMs = 200;

export function createLedger(parts: LedgerParts): Ledger {
  const { limits, counters, clock } = parts;
  const waitingRoom = createWaitingRoom(counters.shared ? pollMs : undefined);
  return {
    open: (caller) => openTab(caller, { ...parts, waitingRoom }),
    rehearse: (caller, atMs) =>
      rehearseTab(caller, atMs === undefined ? parts : { ...parts, clock: { ...clock, now: () => atMs } }),
    async standings(payer) {
      const nowMs = clock.now();
      const caller: Caller = { payer, exchangeId: '' };
      const nothing = { estimate: { inputTokens: 0, outputTokens: 0 } };
      const applicable = limits().always(payer);
      const claims = applicable.map((each) => claimOf(each, caller, nothing, nowMs));
      const states = await counters.read(claims, nowMs);
      return applicable.flatMap((each, index) => {
        const [claim, state] = [claims[index], states[index]];
        return claim && state ? [standingOf({ applicable: each, claim, state }, nowMs)] : [];
      });
    },
  };
}
