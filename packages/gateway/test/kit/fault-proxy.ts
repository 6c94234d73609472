import { randomInt } from 'node:crypto';
import { type IncomingMessage, request as call, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DialectName } from '../../src/core/items.ts';
import { type LoopbackServer, portOf, sseBytes } from './vendor-server.ts';
import { garbage, placeIn } from './damaged-stream.ts';
import { randomOf } from './random.ts';
import { vendors } from './vendors/vendors.ts';
import { type Damage, type WireFault, type WireFaultName, wireFaults } from './wire-faults.ts';

/** A server in front of a provider, at which things go wrong. */
export interface FaultProxy extends LoopbackServer {
  /** The provider's base URL as it leads through here. */
  readonly baseUrl: string;
  /** Lets this go wrong from now on; undefined: nothing. Counts and draws begin anew. Resolves when it is in force. */
  set(fault: WireFaultName | WireFault | undefined): Promise<void>;
  /** What became of every request that arrived, in order. Those that found nobody listening are not here. */
  readonly passages: readonly Passage[];
}

/** One request at the proxy. */
export interface Passage {
  /** By the proxy's clock. */
  readonly atMs: number;
  /** What it met, or `none`. */
  readonly met: Damage['kind'] | 'none';
}

export interface FaultProxyOptions {
  /** What stands behind. */
  readonly target: { readonly origin: string; readonly baseUrl: string; readonly dialect: DialectName };
  /** Which requests a share meets. The same seed meets the same ones. Default: 1. */
  readonly seed?: number;
  /** Drives rhythms, in milliseconds. Default: the machine's. */
  now?(): number;
  /** Passes the time of delays. Default: timers. */
  wait?(milliseconds: number): Promise<unknown>;
}

/** Starts a proxy through which all is well until it is told otherwise. Plain HTTP only: it passes no upgrades. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, seed = 1, now = () => performance.now(), wait = pause } = options;
  const vendor = vendors[target.dialect];
  const passages: Passage[] = [];
  const sockets = new Set<Socket>();
  let choose: Chooser = () => undefined;

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => {});
    const damage = choose(now());
    passages.push({ atMs: now(), met: damage?.kind ?? 'none' });
    serve(incoming, outgoing, damage).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 600_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const host = ownAddress();
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, host, resolve));
  const leave = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const port = portOf(server);
  const origin = `http://${host}:${port}`;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse, damage: Damage | undefined): Promise<void> {
    if (damage?.kind === 'refuse') return void incoming.socket.resetAndDestroy();
    const body = await bytesOf(incoming);
    if (damage?.kind === 'hang') return;
    if (damage?.kind === 'status') return refuse(outgoing, damage);
    if (damage?.kind === 'delay') await wait(damage.delayMs);
    const answer = await ask(target.origin, incoming, body);
    if (!damage || damage.kind === 'delay') {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    await spoil(outgoing, answer, damage);
  }

  function refuse(outgoing: ServerResponse, { status, retryAfterS, code }: Extract<Damage, { kind: 'status' }>): void {
    const message = `The provider says ${status}.`;
    outgoing.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    });
    outgoing.end(JSON.stringify(vendor.errorBody({ status, message, ...(code === undefined ? {} : { code }) })));
  }

  async function spoil(outgoing: ServerResponse, answer: IncomingMessage, damage: Spoiling): Promise<void> {
    const socket = outgoing.socket;
    const body = await bytesOf(answer);
    if (!socket) return;
    const { 'content-length': _, ...headers } = answer.headers;
    if (damage.kind === 'drip') {
      outgoing.writeHead(answer.statusCode ?? 500, headers);
      return drip(outgoing, body, damage.bytesPerSecond);
    }
    if (damage.at === 'before-head') return void (damage.kind === 'half-close' ? socket.end() : reset(socket));
    const at = placeIn(body, damage.at, vendor);
    outgoing.writeHead(answer.statusCode ?? 500, headers);
    outgoing.flushHeaders();
    if (at > 0) await new Promise<void>((resolve) => outgoing.write(body.subarray(0, at), () => resolve()));
    switch (damage.kind) {
      case 'stall':
        return;
      case 'reset':
        // Sent at once it would overtake the bytes.
        await wait(resetDelayMs);
        return reset(socket);
      case 'half-close':
        return void socket.end();
      case 'corrupt':
        if (damage.framing) return void socket.end(garbage(seed));
        return void outgoing.end(Buffer.concat([garbage(seed), body.subarray(at)]));
      case 'error-event':
        return void outgoing.end(sseBytes([vendor.errorEvent({ status: 529, message: 'Overloaded' })]));
    }
  }

  async function drip(outgoing: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
    const stepMs = 20;
    const size = Math.max(1, Math.round((bytesPerSecond * stepMs) / 1000));
    for (let at = 0; at < body.length && !outgoing.destroyed; at += size) {
      outgoing.write(body.subarray(at, at + size));
      await wait(stepMs);
    }
    outgoing.end();
  }

  return {
    origin,
    baseUrl: target.baseUrl.replace(target.origin, origin),
    passages,
    async set(given) {
      const fault: WireFault | undefined = typeof given === 'string' ? wireFaults[given] : given;
      choose = createChooser(fault, { seed, sinceMs: now() });
      const closed = fault?.damage.kind === 'refuse' && isSteady(fault);
      if (closed && server.listening) await leave();
      if (!closed && !server.listening) await listen(port);
    },
    async stop() {
      if (server.listening) await leave();
    },
  };
}

type Spoiling = Exclude<Damage, { kind: 'refuse' | 'hang' | 'status' | 'delay' }>;

const resetDelayMs = 30;

/** While a proxy refuses, its port is free: on an address of its own no other server takes it. Only Linux has such without being asked. */
function ownAddress(): string {
  return process.platform === 'linux' ? `127.77.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}

/** Says what the next request meets. */
type Chooser = (nowMs: number) => Damage | undefined;

function isSteady({ skip, times, share, rhythm }: WireFault): boolean {
  return [skip, times, share, rhythm].every((condition) => condition === undefined);
}

function createChooser(
  fault: WireFault | undefined,
  { seed, sinceMs }: { readonly seed: number; readonly sinceMs: number },
): Chooser {
  if (!fault) return () => undefined;
  const { damage, skip = 0, times = Infinity, share = 1, rhythm } = fault;
  const draw = randomOf(seed);
  let seen = 0;
  let met = 0;
  return (nowMs) => {
    seen += 1;
    const drawn = draw() < share;
    const isUp = rhythm !== undefined && (nowMs - sinceMs) % (rhythm.upMs + rhythm.downMs) < rhythm.upMs;
    if (seen <= skip || met >= times || isUp || !drawn) return undefined;
    met += 1;
    return damage;
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function ask(origin: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers;
    const { method } = incoming;
    const asked = call(
      origin + (incoming.url ?? ''),
      { ...(method === undefined ? {} : { method }), headers },
      resolve,
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
