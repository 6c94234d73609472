import { CountersUnreachable } from '../../ledger/counters.ts';
import type { RedisScript } from './redis-scripts.ts';

/** A server of Redis' or Valkey's protocol, or a cluster of them. */
export interface RedisConnection {
  /** Runs a command whose keys are all where `key` is. Rejects with `CountersUnreachable` if there is no answer in time. */
  command(key: string, words: readonly string[]): Promise<unknown>;
  /** Runs a script as one step. The same rejections. */
  run(script: RedisScript, keys: readonly string[], words: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RedisConnectionParts {
  /** `redis://`, or `rediss://` for TLS. */
  readonly url: string;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  onError(error: Error): void;
}

/** What single servers and clusters have in common. */
interface Sender {
  send(key: string, words: readonly string[]): Promise<unknown>;
  close(): void;
}

/** Connects. Rejects if the server cannot be reached; later it is looked for again and again. */
export async function connectRedis(parts: RedisConnectionParts): Promise<RedisConnection> {
  const sender = await openSender(parts);

  async function command(key: string, words: readonly string[]): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${parts.timeoutMs} ms`)), parts.timeoutMs);
    });
    try {
      return await Promise.race([sender.send(key, words), late]);
    } catch (error) {
      if (isScriptMissing(error)) throw error;
      throw new CountersUnreachable(`Redis did not answer: ${messageOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    command,
    async run({ sha, source }, keys, words) {
      const rest = [String(keys.length), ...keys, ...words];
      const key = keys[0] ?? '';
      try {
        return textsOf(await command(key, ['EVALSHA', sha, ...rest]));
      } catch (error) {
        if (!isScriptMissing(error)) throw error;
        return textsOf(await command(key, ['EVAL', source, ...rest]));
      }
    },
    close: async () => sender.close(),
  };
}

/** A single server says whether it is one of a cluster; then the others are found through it. */
async function openSender({ url, timeoutMs, onError }: RedisConnectionParts): Promise<Sender> {
  const { createClient, createCluster } = await import('@redis/client');
  const options = { RESP: 2, disableOfflineQueue: true, socket: { connectTimeout: 2 * timeoutMs } } as const;
  const client = createClient({ url, ...options });
  client.on('error', onError);
  await connected(client, timeoutMs);
  const info = await client.sendCommand<string>(['INFO', 'cluster']);
  if (!/cluster_enabled:1/.test(info)) {
    return { send: (_, words) => client.sendCommand([...words]), close: () => client.destroy() };
  }
  client.destroy();
  const cluster = createCluster({ rootNodes: [{ url }], defaults: options });
  cluster.on('error', onError);
  await connected(cluster, timeoutMs);
  return { send: (key, words) => cluster.sendCommand(key, false, [...words]), close: () => cluster.destroy() };
}

/** Left alone, a client would try to connect forever. Rejects with the reason of its last try. */
async function connected(client: RedisClient, timeoutMs: number): Promise<void> {
  let reason = 'no answer';
  let timer: NodeJS.Timeout | undefined;
  client.on('error', (error: Error) => (reason = error.message));
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(reason)), firstPatience * timeoutMs);
  });
  try {
    await Promise.race([client.connect(), late]);
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** How many times the longest wait within a request the first connection may take. */
const firstPatience = 2;

/** What clients of servers and of clusters share. */
interface RedisClient {
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** Scripts answer with texts and numbers, in a list where there are several. */
function textsOf(answer: unknown): readonly string[] {
  return (Array.isArray(answer) ? answer : [answer]).map(String);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
