import { BlockList, isIP } from 'node:net';

/** Addresses of the machine itself. */
const loopback = blockList(['127.0.0.0/8', '::1/128']);

/** Nothing a provider could live at. `0.0.0.0` and `::` reach the machine itself on some systems. */
const never = blockList(['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'ff00::/8']);

/** Networks inside a house, a company or a cloud, with the metadata services that hand out a machine's credentials. */
const inside = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  // Special-purpose and test networks; Oracle keeps a metadata service in the first.
  '192.0.0.0/24',
  '198.18.0.0/15',
  // Azure's host agent answers on this public address, from inside only.
  '168.63.129.16/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  // NAT64 for local use: where it leads is known only to the local network.
  '64:ff9b:1::/48',
  // Teredo tunnels.
  '2001::/32',
]);

/** Networks of a house or a company, and of the machines beside this one. */
const near = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]);

/** How far a connection may go. */
export interface Reach {
  /** To private and link-local addresses. */
  readonly allowPrivate: boolean;
  /** And nowhere else. */
  readonly insideOnly?: boolean;
}

/**
 * Why an address must not be connected to, as the end of a sentence; undefined when it may be.
 * Loopback always may: local model servers live there. To be asked for every resolved address, at the moment of connecting.
 */
export function forbiddenReason(address: string, reach: Reach): string | undefined {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return 'it is not an IP address';
  if (family === 4) return reasonFor(bare, 'ipv4', reach);
  const groups = groupsOf(bare);
  const mapped = isMapped(groups) ? ipv4At(groups, 6) : undefined;
  if (mapped !== undefined) return reasonFor(mapped, 'ipv4', reach);
  const carried = carriedIpv4(groups);
  if (carried === undefined) return reasonFor(bare, 'ipv6', reach);
  // Loopback behind a translator is not this machine's.
  if (loopback.check(carried)) return 'it leads to a loopback address through a translator';
  return reasonFor(carried, 'ipv4', reach);
}

function reasonFor(
  address: string,
  family: 'ipv4' | 'ipv6',
  { allowPrivate, insideOnly = false }: Reach,
): string | undefined {
  if (loopback.check(address, family)) return undefined;
  if (never.check(address, family)) return 'it is an unspecified, multicast, broadcast or reserved address';
  if (insideOnly && !near.check(address, family)) return 'it is outside, and `network.reach` is `private`';
  if (!allowPrivate && inside.check(address, family)) return 'it is a private or link-local address';
  return undefined;
}

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const slash = subnet.indexOf('/');
    const network = subnet.slice(0, slash);
    list.addSubnet(network, Number(subnet.slice(slash + 1)), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** The eight 16-bit groups of a valid IPv6 address. The URL parser brings every spelling into one. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = hexGroups(head);
  const after = hexGroups(tail ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function hexGroups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** `::ffff:a.b.c.d`: the very same host, as an IPv6 socket names it. */
function isMapped(groups: readonly number[]): boolean {
  return startsWith(groups, [0, 0, 0, 0, 0, 0xffff]);
}

/** The IPv4 address that a translated or tunnelled IPv6 address leads to. */
function carriedIpv4(groups: readonly number[]): string | undefined {
  if (startsWith(groups, [0x2002])) return ipv4At(groups, 1);
  if (startsWith(groups, [0x64, 0xff9b, 0, 0, 0, 0])) return ipv4At(groups, 6);
  if (startsWith(groups, [0, 0, 0, 0, 0xffff, 0])) return ipv4At(groups, 6);
  const compatible = startsWith(groups, [0, 0, 0, 0, 0, 0]) && groups[6] !== 0;
  return compatible ? ipv4At(groups, 6) : undefined;
}

function startsWith(groups: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((group, at) => groups[at] === group);
}

function ipv4At(groups: readonly number[], at: number): string {
  const high = groups[at] ?? 0;
  const low = groups[at + 1] ?? 0;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
