import type { ConfigDocument } from '@turnpike/contract/config';
import type { NetworkRules } from '../providers/network-rules.ts';

/** How far the document lets connections go. */
export function networkRulesOf({ network }: Pick<ConfigDocument, 'network'>): NetworkRules {
  const { reach, allowed_hosts: hosts } = network;
  return Object.freeze({ insideOnly: reach === 'private', allowedHosts: hosts.map((host) => host.toLowerCase()) });
}
