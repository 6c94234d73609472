import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Failure } from '../core/failure.ts';
import { forbiddenReason } from '../providers/address-guard.ts';

/**
 * A DNS lookup that hands out only permitted addresses, checked at the moment of connecting:
 * a name that later resolves elsewhere (DNS rebinding) gains nothing.
 */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    lookup(hostname, all, (error, found) => {
      if (error) return callback(error, '');
      const permitted = found.filter((entry) => forbiddenReason(entry.address, allowPrivate) === undefined);
      const first = permitted[0];
      if (!first) return callback(refusal(hostname, found, allowPrivate), '');
      if (options.all) return callback(null, permitted);
      return callback(null, first.address, first.family);
    });
  };
}

/** The refusal of an origin whose host is a literal address; those never reach DNS. */
export function forbiddenHost(origin: string, allowPrivate: boolean): Failure | undefined {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return undefined;
  const reason = forbiddenReason(host, allowPrivate);
  return reason === undefined ? undefined : failureFor(host, reason);
}

function refusal(hostname: string, found: readonly LookupAddress[], allowPrivate: boolean): Failure {
  const address = found[0]?.address ?? 'no address';
  return failureFor(`${hostname} (${address})`, forbiddenReason(address, allowPrivate) ?? 'it has no address');
}

function failureFor(host: string, reason: string): Failure {
  return new Failure(
    'address-forbidden',
    `Turnpike does not connect to ${host}: ${reason}. If that is intended, set allow_private: true on the provider.`,
  );
}
