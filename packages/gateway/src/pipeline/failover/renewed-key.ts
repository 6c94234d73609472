import type { Deployment } from '../../config/deployment.ts';
import { Failure } from '../../core/failure.ts';
import type { OpenOne } from './race.ts';

/** The same deployment with the value that its key has by now. Undefined where that is the one it has. */
export type RenewKey = (deployment: Deployment) => Promise<Deployment | undefined>;

/**
 * An attempt whose key the provider does not accept is made once more at once, where the key has another value by now: whoever rotates keys may
 * revoke the old one before anybody here has noticed the new one. Nothing was done yet, so nothing is done twice.
 */
export function withRenewedKey<Opened>(open: OpenOne<Opened>, renew: RenewKey | undefined): OpenOne<Opened> {
  if (!renew) return open;
  return async (deployment, course) => {
    try {
      return await open(deployment, course);
    } catch (thrown) {
      const renewed = isRefusedKey(thrown) ? await soon(renew(deployment), course.inbound.signal) : undefined;
      if (!renewed) throw thrown;
      return open(renewed, course);
    }
  };
}

function isRefusedKey(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'upstream-credential-refused';
}

/** Undefined as soon as nobody waits for it any more. */
function soon<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
