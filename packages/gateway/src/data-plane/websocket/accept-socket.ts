import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { agentOf } from '../caller.ts';
import { bodyTooLarge } from '../read-body.ts';
import { failureMessage } from './error-message.ts';

export interface SocketRequest {
  readonly request: IncomingMessage;
  readonly connection: Duplex;
  readonly head: Buffer;
  /** Largest message. */
  readonly maxBytes: number;
  /** Whether the agent may compress what it sends. */
  readonly compresses: boolean;
}

/** Does the handshake. A request that is no proper one is answered by itself. */
export function acceptSocket(asked: SocketRequest, onSocket: (socket: WebSocket) => void): void {
  const { request, connection, head, maxBytes, compresses } = asked;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: ExplainingSocket,
    maxPayload: maxBytes,
    // Messages are checked when they are read, where broken text gets an answer instead of a hang-up.
    skipUTF8Validation: true,
    perMessageDeflate: compresses ? compression : false,
    ...patience,
  });
  server.handleUpgrade(request, connection, head, (socket) => {
    socket.tooLarge = failureMessage(bodyTooLarge(maxBytes), agentOf(request.headers));
    // What goes wrong on a socket ends in its close.
    socket.on('error', () => {});
    onSocket(socket);
  });
}

/** How long a client may take to answer our goodbye. */
const patience = { closeTimeout: 5_000 };

const tooLargeCode = 1009;

/** Says why before it hangs up over a message that is too large. After a bare 1009 Codex sends it five times more. */
class ExplainingSocket extends WebSocket {
  tooLarge = '';

  override close(code?: number, reason?: string | Buffer): void {
    if (code === tooLargeCode && this.readyState === this.OPEN) this.send(this.tooLarge);
    super.close(code, reason);
  }
}

/** Only what the agent sends is worth compressing, and with its window kept across messages. Numbers in docs/decisions/0010-websocket.md. */
const compression = { serverNoContextTakeover: true };

const near = nearAddresses();

/** On the same machine or in the same building bytes are cheaper than the time to compress them. */
export function isNear(address: string | undefined): boolean {
  if (address === undefined) return true;
  return near.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function nearAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8);
  list.addSubnet('10.0.0.0', 8);
  list.addSubnet('172.16.0.0', 12);
  list.addSubnet('192.168.0.0', 16);
  list.addSubnet('169.254.0.0', 16);
  list.addSubnet('100.64.0.0', 10);
  list.addSubnet('::1', 128, 'ipv6');
  list.addSubnet('fc00::', 7, 'ipv6');
  list.addSubnet('fe80::', 10, 'ipv6');
  return list;
}
