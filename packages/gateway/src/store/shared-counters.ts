import {
  type Claim,
  type ClaimState,
  type Counters,
  CountersUnreachable,
  type Hold,
  type Settlement,
  type Verdict,
} from '../ledger/counters.ts';
import type { PostedEntry } from '../ledger/journal.ts';
import { correctionOf, runningPartOf } from '../ledger/lapsed.ts';
import { postingsOf } from '../ledger/postings.ts';
import { createRetries } from '../ledger/retries.ts';

/** What a server's scripts and functions answer: a word, then four for each claim (fits, used, held, wait). */
export type Answer = readonly string[];

/** The words that answers begin with. `ended` and `lapsed`: the hold was over before; then comes what was remembered of its end. */
export const answers = { refused: '0', granted: '1', empty: '-1', ended: '-2', lapsed: '2' } as const;

/** The end of a hold, as a server has to make it in one step. */
export interface Ending {
  readonly hold: Hold;
  readonly amounts: readonly bigint[];
  /** Absent: there is nothing to book. */
  readonly posted?: PostedEntry;
  /** What goes on running, as a hold of its own. */
  readonly rest?: Hold;
  /** Kept for so long in the hold's place, so that its end is not made twice. */
  readonly remembered: string;
  readonly keptMs: number;
}

/** Each is one step on a server that several processes share. They reject with `CountersUnreachable` where it does not answer. */
export interface SharedOperations {
  reserve(hold: Hold, nowMs: number): Promise<Answer>;
  extend(larger: Hold, nowMs: number): Promise<Answer>;
  /** Ends a hold of the replica `owner`. */
  end(ending: Ending, owner: string, nowMs: number): Promise<Answer>;
  read(claims: readonly Claim[], nowMs: number): Promise<Answer>;
  close(): Promise<void>;
}

/** Counters that also settle for replicas that have died. */
export interface SharedCounters extends Counters {
  /** Rejects with `CountersUnreachable`, where `settle` would try again later. */
  settleFor(settlement: Settlement, owner: string, nowMs: number): Promise<readonly ClaimState[] | undefined>;
}

export interface SharedCountersParts {
  readonly operations: SharedOperations;
  /** This process, as others know it. */
  readonly replica: string;
  onError(error: unknown): void;
}

/** An ended hold is remembered for as long as its end may be told again. */
const endedMs = 120_000;
/** One that was ended for its replica may still be settled by it, if it was not dead but slow. */
const lapsedMs = 86_400_000;

/** Counters on a server. What must be done in the end is tried until it is. */
export function createSharedCounters({ operations, replica, onError }: SharedCountersParts): SharedCounters {
  const retries = createRetries(onError);

  async function reserve(hold: Hold, nowMs: number): Promise<Verdict> {
    try {
      return verdictOf(await operations.reserve(hold, nowMs), hold);
    } catch (error) {
      // Whether it was reserved is not known: it must not stay so.
      if (error instanceof CountersUnreachable) retries.add(() => cancel(hold, nowMs));
      throw error;
    }
  }

  async function extend(larger: Hold, nowMs: number): Promise<Verdict> {
    const answer = await operations.extend(larger, nowMs);
    // A hold that the counters have lost cannot grow; it will be booked in full.
    if (answer[0] === answers.ended) return { granted: true, states: [] };
    return verdictOf(answer, larger);
  }

  async function cancel(hold: Hold, nowMs: number): Promise<void> {
    const nothing = hold.claims.map(() => 0n);
    await operations.end({ hold, amounts: nothing, remembered: 'D', keptMs: endedMs }, replica, nowMs);
  }

  async function settleFor(settlement: Settlement, owner: string, nowMs: number) {
    const answer = await operations.end(endingOf(settlement, nowMs), owner, nowMs);
    if (answer[0] === answers.granted) return statesOf(answer, settlement.hold.claims);
    if (answer[0] !== answers.lapsed || settlement.entry.kind === 'lapsed') return undefined;
    const correction = correctionOf(settlement, lapsedAmounts(answer[1]));
    await operations.end(endingOf(correction, nowMs), owner, nowMs);
    return undefined;
  }

  return {
    shared: true,
    reserve,
    extend,
    settleFor,
    async settle(settlement, nowMs) {
      try {
        return await settleFor(settlement, replica, nowMs);
      } catch (error) {
        onError(error);
        retries.add(async () => void (await settleFor(settlement, replica, nowMs)));
        return undefined;
      }
    },
    async release(hold, nowMs) {
      const rest = runningPartOf(hold);
      if (rest) await cancel(rest, nowMs).catch(() => retries.add(() => cancel(rest, nowMs)));
    },
    read: async (claims, nowMs) => statesOf(await operations.read(claims, nowMs), claims),
    async close() {
      await retries.close();
      await operations.close();
    },
  };
}

function endingOf({ hold, amounts, entry, keepRunning }: Settlement, nowMs: number): Ending {
  const isLapsed = entry.kind === 'lapsed';
  const rest = keepRunning ? runningPartOf(hold) : undefined;
  const postings = postingsOf(hold.claims, amounts, nowMs);
  return {
    hold,
    amounts,
    ...(postings.length > 0 ? { posted: { entry, postings } } : {}),
    ...(rest ? { rest } : {}),
    remembered: isLapsed ? `L${amounts.join(',')}` : 'D',
    keptMs: isLapsed ? lapsedMs : endedMs,
  };
}

function lapsedAmounts(remembered: string | undefined): readonly bigint[] {
  const amounts = remembered?.slice(1) ?? '';
  return amounts === '' ? [] : amounts.split(',').map(BigInt);
}

function verdictOf(answer: Answer, { claims, id }: Hold): Verdict {
  if (answer[0] === answers.ended) throw new CountersUnreachable(`${id} was given up before it was reserved`);
  return { granted: answer[0] === answers.granted, states: statesOf(answer, claims) };
}

function statesOf(answer: Answer, claims: readonly Claim[]): readonly ClaimState[] {
  return claims.map((_, index) => {
    const [fits, used = '0', held = '0', wait = ''] = answer.slice(1 + index * 4, 5 + index * 4);
    const state = { fits: fits === '1', used: BigInt(used), held: BigInt(held) };
    return wait === '' ? state : { ...state, waitMs: Number(wait) };
  });
}
