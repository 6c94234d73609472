import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { AddressRanges } from '../core/address-ranges.ts';

/** As much of a request as tells where it comes from. */
export interface Arrived {
  readonly headers: IncomingMessage['headers'];
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * Where a request comes from: the socket's other end, or whom trusted proxies say they speak for. `x-forwarded-for` is read from its end, where the nearest
 * proxy writes: what stands before the first stranger, that stranger may have invented. Undefined where it cannot be told.
 */
export function callerAddress({ headers, socket }: Arrived, trusted: AddressRanges): string | undefined {
  const peer = socket.remoteAddress;
  if (peer === undefined || !trusted.includes(peer)) return peer;
  const told = [headers['x-forwarded-for'] ?? []].flat().join(',');
  const hops = told === '' ? [] : told.split(',').map(addressIn);
  const stranger = hops.findLastIndex((hop) => hop === undefined || !trusted.includes(hop));
  return hops.length === 0 ? peer : hops[Math.max(stranger, 0)];
}

/** `10.1.2.3`, `10.1.2.3:4711`, `[2001:db8::1]:4711`. Undefined for what is none. */
function addressIn(text: string): string | undefined {
  const written = text.trim();
  const address = /^\[([^\]]*)\]/.exec(written)?.[1] ?? /^([\d.]+):\d+$/.exec(written)?.[1] ?? written;
  return isIP(address) === 0 ? undefined : address;
}
