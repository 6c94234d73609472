import { matchesAny } from '../core/name-pattern.ts';

/** How far connections may go. */
export interface NetworkRules {
  /** Only to this machine and to private networks, */
  readonly insideOnly: boolean;
  /** but for these: patterns of hosts in lower case. */
  readonly allowedHosts: readonly string[];
}

/** Whether a host must be inside, whatever its name resolves to. */
export function mustBeInside(host: string, { insideOnly, allowedHosts }: NetworkRules): boolean {
  return insideOnly && !matchesAny(allowedHosts, host.toLowerCase());
}

/** The host of an address, as rules name it: without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
