import { type Claim, CountersUnreachable, type Hold } from '../../ledger/counters.ts';
import { writeHold, writePosted } from '../../ledger/hold-text.ts';
import { reservedBy } from '../../ledger/lapsed.ts';
import { type Answer, answers, createSharedCounters, type SharedCounters } from '../shared-counters.ts';
import { claimWords } from './redis-claims.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { extendScript, readScript, type RedisScript, reserveScript, settleScript } from './redis-scripts.ts';

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

/** Counts on a Redis or Valkey server, one script for each operation. */
export function createRedisCounters(parts: RedisCountersParts): SharedCounters {
  const { connection, keys, replica, onError } = parts;

  async function run(
    script: RedisScript,
    names: readonly string[],
    words: readonly string[],
    nowMs: number,
  ): Promise<Answer> {
    const answer = await connection.run(script, names, words);
    if (answer[0] !== answers.empty) return answer;
    await parts.refill(nowMs);
    const second = await connection.run(script, names, words);
    if (second[0] === answers.empty) throw new CountersUnreachable('the counters are empty and cannot be filled');
    return second;
  }

  const namesOf = (claims: readonly Claim[]) => claims.map(keys.account);

  return createSharedCounters({
    replica,
    onError,
    operations: {
      reserve(hold, nowMs) {
        const names = [keys.epoch, keys.replicas, keys.done(hold.id), keys.holds(replica), ...namesOf(hold.claims)];
        const words = [String(nowMs), replica, hold.id, storedHold(hold), ...wordsOf(hold.claims, [], nowMs)];
        return run(reserveScript, names, words, nowMs);
      },
      extend(larger, nowMs) {
        const names = [keys.epoch, keys.holds(replica), ...namesOf(larger.claims)];
        const words = [String(nowMs), larger.id, storedHold(larger), ...wordsOf(larger.claims, [], nowMs)];
        return run(extendScript, names, words, nowMs);
      },
      async end({ hold, amounts, posted, rest, remembered, keptMs }, owner, nowMs) {
        const names = [keys.epoch, keys.done(hold.id), keys.holds(owner), keys.outbox, ...namesOf(hold.claims)];
        const entry = posted ? writePosted(posted) : '';
        const first = [String(nowMs), hold.id, remembered, String(keptMs), entry, rest ? storedHold(rest) : ''];
        const words = [...first, ...wordsOf(hold.claims, amounts, nowMs)];
        const answer = await run(settleScript, names, words, nowMs);
        if (posted && answer[0] === answers.granted) parts.onBooked();
        return answer;
      },
      read: (claims, nowMs) =>
        run(readScript, [keys.epoch, ...namesOf(claims)], [String(nowMs), ...wordsOf(claims, [], nowMs)], nowMs),
      async close() {
        await parts.stop();
        await connection.close();
      },
    },
  });
}

function wordsOf(claims: readonly Claim[], amounts: readonly bigint[], nowMs: number): readonly string[] {
  return claims.flatMap((claim, index) => claimWords(claim, amounts[index] ?? 0n, nowMs));
}

/** Its amounts, so that scripts can read them, and the whole of it, so that others can settle it. */
function storedHold(hold: Hold): string {
  return `${hold.claims.map(reservedBy).join(',')}|${writeHold(hold)}`;
}
