import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Failure } from '../core/failure.ts';
import { forbiddenReason, type Reach } from '../providers/address-guard.ts';

/** Finds the addresses of a name, as Node's own `lookup` does. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/**
 * A DNS lookup that hands out only permitted addresses, checked at the moment of connecting:
 * a name that later resolves elsewhere (DNS rebinding) gains nothing.
 */
export function guardedLookup(reach: Reach, resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    resolve(hostname, all, (error, found) => {
      if (error) return callback(error, '');
      const permitted = found.filter((entry) => forbiddenReason(entry.address, reach) === undefined);
      const first = permitted[0];
      if (!first) return callback(refusal(hostname, found, reach), '');
      if (options.all) return callback(null, permitted);
      return callback(null, first.address, first.family);
    });
  };
}

/** The refusal of an origin whose host is a literal address; those never reach DNS. */
export function forbiddenHost(origin: string, reach: Reach): Failure | undefined {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return undefined;
  const reason = forbiddenReason(host, reach);
  return reason === undefined ? undefined : failureFor(host, reason, reach);
}

function refusal(hostname: string, found: readonly LookupAddress[], reach: Reach): Failure {
  const address = found[0]?.address ?? 'no address';
  return failureFor(`${hostname} (${address})`, forbiddenReason(address, reach) ?? 'it has no address', reach);
}

function failureFor(host: string, reason: string, { insideOnly }: Reach): Failure {
  const how = insideOnly ? 'list the host under network.allowed_hosts' : 'set allow_private: true on the provider';
  return new Failure(
    'address-forbidden',
    `Turnpike does not connect to ${host}: ${reason}. If that is intended, ${how}.`,
  );
}
