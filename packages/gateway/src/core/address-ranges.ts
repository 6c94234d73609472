import { BlockList, isIP } from 'node:net';

/** Some of the internet's addresses. */
export interface AddressRanges {
  /** False for what is no address. */
  includes(address: string): boolean;
}

/** Ranges as people write them: an address alone, or `10.0.0.0/8`. They must have been checked. */
export function addressRanges(written: readonly string[]): AddressRanges {
  const list = new BlockList();
  for (const range of written) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return {
    includes(address) {
      const plain = plainAddress(address);
      const version = isIP(plain);
      return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

/** An IPv4 address that a socket for both families writes as an IPv6 one is the IPv4 address that people know. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}
