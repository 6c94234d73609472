import { isIP } from 'node:net';
import { forbiddenReason } from '../providers/address-guard.ts';
import { mustBeInside, type NetworkRules } from '../providers/network-rules.ts';
import type { Problem } from './problem.ts';

/** Databases are connected to as they are written. Where only inside is meant to be reached, an address outside is at least told. */
export function checkStoreNetwork(
  settings: { readonly store: string; readonly counters: string },
  rules: NetworkRules,
): readonly Problem[] {
  return (['store', 'counters'] as const).flatMap((field): readonly Problem[] => {
    const host = hostIn(settings[field]);
    if (host === undefined || isIP(host) === 0 || !mustBeInside(host, rules)) return [];
    if (forbiddenReason(host, { allowPrivate: true, insideOnly: true }) === undefined) return [];
    const message = `leads to ${host}, which is outside, and \`network.reach\` is \`private\`: that does not hold for databases`;
    return [{ path: field, message, severity: 'warning' }];
  });
}

/** The host of an address of PostgreSQL or Redis. What is no such address, or names several, is not judged. */
function hostIn(address: string): string | undefined {
  if (!/^(?:postgres(?:ql)?|rediss?):\/\//.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).hostname.replace(/^\[|\]$/g, '');
}
