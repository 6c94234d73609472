import type { Clock } from '../core/clock.ts';
import { forbiddenHost } from './guarded-lookup.ts';
import type { Unanswered } from './message-answer.ts';
import { openProviderSocket, placeOf, type ProviderSocket } from './provider-socket.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall, UpstreamMessage } from './upstream.ts';

const beatMs = 30_000;
/** How long a provider is spoken to by HTTP only after it gave no socket. */
const refusedMs = 5 * 60_000;
/** These speak of the key and not of the socket; HTTP says why. */
const refusedKey: ReadonlySet<number | undefined> = new Set([401, 403, 429]);

/**
 * Carries messages of agents over one socket for each of theirs, so that a provider that keeps what it saw is sent only what is new.
 * Everything else, and whatever a socket does not answer, goes by HTTP.
 */
export function createWebSocketUpstream(http: Upstream, clock: Clock): Upstream {
  const sockets = new Map<AbortSignal, ProviderSocket>();
  /** By origin and path, until when. */
  const refused = new Map<string, number>();
  const beats = setInterval(() => {
    for (const socket of sockets.values()) socket.beat();
  }, beatMs).unref();

  async function call(asked: UpstreamCall): Promise<UpstreamAnswer> {
    const { message } = asked;
    const isWanted = message && !message.channel.aborted && !asked.signal.aborted;
    const socket = isWanted && !isRefused(asked) ? await socketFor(asked, message) : undefined;
    if (!message || !socket) return http.call(asked);
    const answer = await askSocket(socket, asked, message);
    if (typeof answer !== 'string') return answer;
    if (!socket.proven) refuse(asked);
    drop(message.channel);
    return http.call(asked);
  }

  /** The channel's socket, opened where it has none for this place. */
  async function socketFor(asked: UpstreamCall, { channel }: UpstreamMessage): Promise<ProviderSocket | undefined> {
    const kept = sockets.get(channel);
    if (kept?.free && kept.place === placeOf(asked)) return kept;
    drop(channel);
    const opened = await openProviderSocket(asked);
    if ('status' in opened) {
      if (!asked.signal.aborted && !refusedKey.has(opened.status)) refuse(asked);
      return undefined;
    }
    keep(channel, opened);
    return opened;
  }

  function keep(channel: AbortSignal, socket: ProviderSocket): void {
    drop(channel);
    // It may have closed during the handshake.
    if (channel.aborted) return socket.terminate();
    sockets.set(channel, socket);
    channel.addEventListener('abort', onGone, { once: true });
  }

  function onGone(this: AbortSignal): void {
    drop(this);
  }

  function drop(channel: AbortSignal): void {
    sockets.get(channel)?.terminate();
    sockets.delete(channel);
    channel.removeEventListener('abort', onGone);
  }

  function isRefused(asked: UpstreamCall): boolean {
    const { origin, path } = asked;
    if (forbiddenHost(origin, asked)) return true;
    return (refused.get(origin + path) ?? 0) > clock.monotonicMs();
  }

  function refuse({ origin, path }: UpstreamCall): void {
    refused.set(origin + path, clock.monotonicMs() + refusedMs);
  }

  return {
    call,
    async close() {
      clearInterval(beats);
      for (const channel of sockets.keys()) drop(channel);
      await http.close();
    },
  };
}

/** Asks with only what is new where the socket gave what came before; in full where it does not know it any more. */
async function askSocket(
  socket: ProviderSocket,
  call: UpstreamCall,
  message: UpstreamMessage,
): Promise<UpstreamAnswer | Unanswered> {
  const { previousResponseId } = message;
  const { origin, deadlines, signal } = call;
  const terms = { origin, deadlines, signal };
  if (previousResponseId !== undefined && previousResponseId === socket.lastResponseId) {
    const answer = await socket.ask(message.news(), terms);
    if (answer !== 'previous-response-unknown') return answer;
    if (!socket.free) return 'socket-broken';
  }
  return socket.ask(message.whole(), terms);
}
