import { readHold } from '../../ledger/hold-text.ts';
import { lapsedSettlement } from '../../ledger/lapsed.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { SharedCounters } from '../shared-counters.ts';
import type { RedisKeys } from './redis-keys.ts';
import { deadReplicasScript, forgetReplicaScript, heartbeatScript } from './redis-scripts.ts';

export interface ReplicaParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly replica: string;
  /** Seconds of silence after which a replica counts as dead. */
  readonly leaseS: number;
}

/** Says that this replica lives. */
export async function beat({ connection, keys, replica }: ReplicaParts): Promise<void> {
  await connection.run(heartbeatScript, [keys.replicas], [replica]);
}

/** Settles what dead replicas have left, at its estimates. Any replica may do so, also several at once. */
export async function settleForTheDead(parts: ReplicaParts, settling: SharedCounters, nowMs: number): Promise<void> {
  const { connection, keys, replica, leaseS } = parts;
  const silent = await connection.run(deadReplicasScript, [keys.replicas], [String(leaseS)]);
  for (const dead of silent) {
    if (dead === '' || dead === replica) continue;
    await settleFor(dead, parts, settling, nowMs);
    await connection.run(forgetReplicaScript, [keys.replicas, keys.holds(dead)], [dead]);
  }
}

async function settleFor(dead: string, parts: ReplicaParts, settling: SharedCounters, nowMs: number): Promise<void> {
  const { connection, keys } = parts;
  const holds = keys.holds(dead);
  const ids = await connection.command(holds, ['HKEYS', holds]);
  for (const id of Array.isArray(ids) ? ids.map(String) : []) {
    const stored = await connection.command(holds, ['HGET', holds, id]);
    if (typeof stored !== 'string') continue;
    const hold = readHold(stored.slice(stored.indexOf('|') + 1));
    await settling.settleFor(lapsedSettlement(hold, nowMs), dead, nowMs);
  }
}

/** A replica that ends well leaves nothing behind. */
export async function leave({ connection, keys, replica }: ReplicaParts): Promise<void> {
  await connection.run(forgetReplicaScript, [keys.replicas, keys.holds(replica)], [replica]);
}
