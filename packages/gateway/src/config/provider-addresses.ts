import { isIP } from 'node:net';
import { forbiddenReason } from '../providers/address-guard.ts';
import type { Provider } from '../providers/provider.ts';
import type { Finding } from './problem.ts';

/** Warns of addresses that no connection will be made to. Names are judged only then: what they lead to may change. */
export function warnOfAddresses(
  { name, baseUrl, places = {}, allowPrivate }: Provider,
  tell: (finding: Finding) => void,
): void {
  const own = { field: 'base_url', url: baseUrl };
  const others = Object.values(places)
    .flatMap(({ path, streamPath }) => [path, ...(streamPath === undefined ? [] : [streamPath])])
    .filter((path) => /^https?:/i.test(path) && URL.canParse(path))
    .map((path) => ({ field: 'endpoints', url: new URL(path) }));
  for (const { field, url } of [own, ...others]) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const reason = isIP(host) === 0 ? undefined : forbiddenReason(host, allowPrivate);
    if (reason === undefined) continue;
    tell({
      path: ['providers', name, field],
      message: `leads to ${host}, which will not be connected to: ${reason}`,
      severity: 'warning',
      ...(forbiddenReason(host, true) === undefined ? { hint: 'if that is intended: allow_private: true' } : {}),
    });
  }
}
