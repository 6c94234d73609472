import type { CloudAuth, CloudKind } from '../providers/cloud/cloud-auth.ts';
import { mustBeInside, type NetworkRules } from '../providers/network-rules.ts';
import type { Finding } from './problem.ts';
import { listIt } from './provider-addresses.ts';

/** Where each cloud's own library asks for credentials. */
const tokenHosts: Readonly<Record<CloudKind, string>> = {
  aws: 'sts.amazonaws.com',
  azure: 'login.microsoftonline.com',
  google: 'oauth2.googleapis.com',
};

/** Libraries of clouds make connections of their own, which no rule of this gateway holds back. */
export function checkCloudNetwork(
  name: string,
  auth: CloudAuth,
  { rules, tell }: { readonly rules: NetworkRules; readonly tell: (finding: Finding) => void },
): void {
  const isGiven = auth.kind === 'aws' && auth.keys !== undefined && auth.role === undefined;
  const host = tokenHosts[auth.kind];
  if (isGiven || !mustBeInside(host, rules)) return;
  tell({
    path: ['providers', name, 'auth'],
    message: 'is fetched by the cloud’s own library, which keeps to no `network.reach`',
    hint: listIt(host),
  });
}
