import {
  type Claim,
  type ClaimState,
  type Counters,
  CountersUnreachable,
  type Hold,
  type Settlement,
  type Verdict,
} from '../../ledger/counters.ts';
import { writeHold, writePosted } from '../../ledger/hold-text.ts';
import { correctionOf, reservedBy, runningPartOf } from '../../ledger/lapsed.ts';
import { postingsOf } from '../../ledger/postings.ts';
import { createRetries } from '../../ledger/retries.ts';
import { claimWords, readStates } from './redis-claims.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { answers, extendScript, readScript, type RedisScript, reserveScript, settleScript } from './redis-scripts.ts';

export interface RedisCountersParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  /** This process, as others know it. */
  readonly replica: string;
  /** Fills counters that were found empty. */
  refill(nowMs: number): Promise<void>;
  /** An entry is in the outbox. */
  onBooked(): void;
  onError(error: unknown): void;
  /** Ends what goes on beside requests. */
  stop(): Promise<void>;
}

/** An ended hold is remembered for as long as its end may be told again. */
const doneMs = 120_000;
/** One that was ended for its replica may still be settled by it, if it was not dead but slow. */
const lapsedMs = 86_400_000;

/** Counts on a Redis or Valkey server, one script for each operation. */
export function createRedisCounters(parts: RedisCountersParts): Counters & RedisSettling {
  const { connection, keys, replica } = parts;
  const retries = createRetries(parts.onError);

  async function run(
    script: RedisScript,
    names: readonly string[],
    words: readonly string[],
    nowMs: number,
  ): Promise<readonly string[]> {
    const answer = await connection.run(script, names, words);
    if (answer[0] !== answers.empty) return answer;
    await parts.refill(nowMs);
    const second = await connection.run(script, names, words);
    if (second[0] === answers.empty) throw new CountersUnreachable('the counters are empty and cannot be filled');
    return second;
  }

  const namesOf = (claims: readonly Claim[]) => claims.map(keys.account);

  async function reserve(hold: Hold, nowMs: number): Promise<Verdict> {
    const names = [keys.epoch, keys.replicas, keys.done(hold.id), keys.holds(replica), ...namesOf(hold.claims)];
    const words = [String(nowMs), replica, hold.id, storedHold(hold), ...wordsOf(hold.claims, [], nowMs)];
    try {
      return verdictOf(await run(reserveScript, names, words, nowMs), hold);
    } catch (error) {
      // Whether it was reserved is not known: it must not stay so.
      if (error instanceof CountersUnreachable) retries.add(() => cancel(hold, nowMs));
      throw error;
    }
  }

  async function extend(larger: Hold, nowMs: number): Promise<Verdict> {
    const names = [keys.epoch, keys.holds(replica), ...namesOf(larger.claims)];
    const words = [String(nowMs), larger.id, storedHold(larger), ...wordsOf(larger.claims, [], nowMs)];
    const answer = await run(extendScript, names, words, nowMs);
    // A hold that the counters have lost cannot grow; it will be booked in full.
    if (answer[0] === answers.ended) return { granted: true, states: [] };
    return verdictOf(answer, larger);
  }

  async function cancel(hold: Hold, nowMs: number): Promise<void> {
    await end({ hold, amounts: hold.claims.map(() => 0n), keepRunning: false }, replica, nowMs);
  }

  /** Ends a hold of a replica, also of another one. */
  async function end(settlement: Ending, owner: string, nowMs: number): Promise<readonly string[]> {
    const { hold, amounts, entry, keepRunning } = settlement;
    const isLapsed = entry?.kind === 'lapsed';
    const remembered = isLapsed ? `L${amounts.join(',')}` : 'D';
    const rest = keepRunning ? runningPartOf(hold) : undefined;
    const postings = entry ? postingsOf(hold.claims, amounts, nowMs) : [];
    const text = entry && postings.length > 0 ? writePosted({ entry, postings }) : '';
    const names = [keys.epoch, keys.done(hold.id), keys.holds(owner), keys.outbox, ...namesOf(hold.claims)];
    const keep = String(isLapsed ? lapsedMs : doneMs);
    const words = [String(nowMs), hold.id, remembered, keep, text, rest ? storedHold(rest) : ''];
    const answer = await run(settleScript, names, [...words, ...wordsOf(hold.claims, amounts, nowMs)], nowMs);
    if (text !== '' && answer[0] === answers.granted) parts.onBooked();
    return answer;
  }

  async function settleFor(settlement: Settlement, owner: string, nowMs: number) {
    const answer = await end(settlement, owner, nowMs);
    const { claims } = settlement.hold;
    if (answer[0] === answers.granted) return readStates(answer.slice(1), claims.length);
    if (answer[0] !== answers.lapsed || settlement.entry.kind === 'lapsed') return undefined;
    await end(correctionOf(settlement, lapsedAmounts(answer[1])), owner, nowMs);
    return undefined;
  }

  async function settle(settlement: Settlement, nowMs: number): Promise<readonly ClaimState[] | undefined> {
    try {
      return await settleFor(settlement, replica, nowMs);
    } catch (error) {
      parts.onError(error);
      retries.add(async () => void (await settleFor(settlement, replica, nowMs)));
      return undefined;
    }
  }

  async function release(hold: Hold, nowMs: number): Promise<void> {
    const rest = runningPartOf(hold);
    if (rest) await cancel(rest, nowMs).catch(() => retries.add(() => cancel(rest, nowMs)));
  }

  return {
    shared: true,
    reserve,
    extend,
    settle,
    release,
    async read(claims, nowMs) {
      const words = [String(nowMs), ...wordsOf(claims, [], nowMs)];
      const answer = await run(readScript, [keys.epoch, ...namesOf(claims)], words, nowMs);
      return readStates(answer.slice(1), claims.length);
    },
    settleFor,
    async close() {
      await retries.close();
      await parts.stop();
      await connection.close();
    },
  };
}

/** What the reaper needs besides. */
export interface RedisSettling {
  /** Settles a hold that is of another replica. */
  settleFor(settlement: Settlement, owner: string, nowMs: number): Promise<readonly ClaimState[] | undefined>;
}

/** A settlement, or without an entry the end of a hold of which nothing came. */
type Ending = Omit<Settlement, 'entry'> & { readonly entry?: Settlement['entry'] };

function wordsOf(claims: readonly Claim[], amounts: readonly bigint[], nowMs: number): readonly string[] {
  return claims.flatMap((claim, index) => claimWords(claim, amounts[index] ?? 0n, nowMs));
}

/** Its amounts, so that scripts can read them, and the whole of it, so that others can settle it. */
function storedHold(hold: Hold): string {
  return `${hold.claims.map(reservedBy).join(',')}|${writeHold(hold)}`;
}

function verdictOf(answer: readonly string[], { claims, id }: Hold): Verdict {
  if (answer[0] === answers.ended) throw new CountersUnreachable(`${id} was given up before it was reserved`);
  return { granted: answer[0] === answers.granted, states: readStates(answer.slice(1), claims.length) };
}

function lapsedAmounts(remembered: string | undefined): readonly bigint[] {
  const amounts = remembered?.slice(1) ?? '';
  return amounts === '' ? [] : amounts.split(',').map(BigInt);
}
