import { isIP } from 'node:net';
import { forbiddenReason } from '../providers/address-guard.ts';
import { hostOf, mustBeInside, type NetworkRules } from '../providers/network-rules.ts';
import type { Provider } from '../providers/provider.ts';
import type { Finding } from './problem.ts';

/**
 * Tells of addresses that no connection will be made to. Other names are judged only then: what they lead to may change. What a configuration
 * that stays inside cannot mean is an error; anything else is a warning.
 */
export function checkAddresses(
  { name, baseUrl, places = {}, allowPrivate, vendor }: Provider,
  rules: NetworkRules,
  tell: (finding: Finding) => void,
): void {
  const own = { field: 'base_url', url: baseUrl };
  const others = Object.values(places)
    .flatMap(({ path, streamPath }) => [path, ...(streamPath === undefined ? [] : [streamPath])])
    .filter((path) => /^https?:/i.test(path) && URL.canParse(path))
    .map((path) => ({ field: 'endpoints', url: new URL(path) }));
  const vendorHost = vendor.baseUrl === undefined ? undefined : hostOf(new URL(vendor.baseUrl));
  for (const { field, url } of [own, ...others]) {
    const host = hostOf(url);
    const path = ['providers', name, field];
    const insideOnly = mustBeInside(host, rules);
    if (insideOnly && (isIP(host) === 0 ? isOutside(host, vendorHost) : forbiddenReason(host, inside) !== undefined)) {
      tell({
        path,
        message: `leads to ${host}, which is outside, and \`network.reach\` is \`private\``,
        hint: listIt(host),
      });
      continue;
    }
    if (isIP(host) === 0 || insideOnly) continue;
    const reason = forbiddenReason(host, { allowPrivate });
    if (reason === undefined) continue;
    tell({
      path,
      message: `leads to ${host}, which will not be connected to: ${reason}`,
      severity: 'warning',
      ...(forbiddenReason(host, { allowPrivate: true }) === undefined
        ? { hint: 'if that is intended: allow_private: true' }
        : {}),
    });
  }
}

const inside = { allowPrivate: true, insideOnly: true };

/** A vendor's own public address. */
function isOutside(host: string, vendorHost: string | undefined): boolean {
  return host === vendorHost && host !== 'localhost';
}

/** What to do about a host that is outside. */
export function listIt(host: string): string {
  return `if it is to be reached all the same: network: { allowed_hosts: [${host}] }`;
}
