import { type Counters, CountersUnreachable, type Hold, type Verdict } from './counters.ts';

/**
 * Lets requests through while counters cannot be asked, as long as they cost no more than `capNanoDollars` together
 * in this process. What they cost is booked when the counters are back. Each time the counters come back, the cap is whole again.
 */
export function allowWhileUnreachable(counters: Counters, capNanoDollars: bigint): Counters {
  const allowed = new Map<string, bigint>();
  let used = 0n;

  async function reserve(hold: Hold, nowMs: number): Promise<Verdict> {
    try {
      const verdict = await counters.reserve(hold, nowMs);
      used = 0n;
      return verdict;
    } catch (error) {
      const cost = hold.ifLapsed.nanoDollars;
      if (!(error instanceof CountersUnreachable) || cost === undefined || used + cost > capNanoDollars) throw error;
      used += cost;
      allowed.set(hold.id, cost);
      return { granted: true, states: hold.claims.map(() => unknownState) };
    }
  }

  return {
    ...counters,
    reserve,
    extend(larger, nowMs) {
      return allowed.has(larger.id) ? { granted: true, states: [] } : counters.extend(larger, nowMs);
    },
    settle(settlement, nowMs) {
      const { hold } = settlement;
      const cost = allowed.get(hold.id);
      if (cost === undefined) return counters.settle(settlement, nowMs);
      allowed.delete(hold.id);
      used = (used > cost ? used - cost : 0n) + (settlement.entry.nanoDollars ?? cost);
      // The counters were told to forget this hold, should it have reached them after all: it is booked under another name.
      const other = { ...hold, id: `${hold.id}~allowed` };
      const entry = { ...settlement.entry, id: other.id };
      return counters.settle({ ...settlement, hold: other, entry, keepRunning: false }, nowMs);
    },
  };
}

const unknownState = { fits: true, used: 0n, held: 0n } as const;
