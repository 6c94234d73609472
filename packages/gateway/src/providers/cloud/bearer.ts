import { Failure } from '../../core/failure.ts';
import type { Authorizer } from '../authorizer.ts';
import { type Expiring, keepFresh } from './expiring.ts';

/** Shows a token that is fetched when it is needed and before it runs out. `cloud` says in failures who gave none. */
export function createBearerAuthorizer(cloud: string, fetchToken: () => Promise<Expiring<string>>): Authorizer {
  const tokenAt = keepFresh(async () => {
    try {
      return await fetchToken();
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('upstream-credential-refused', `${cloud} gave no credentials: ${why}`, { cause: thrown });
    }
  });
  const shown = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    authorize({ nowMs }) {
      const token = tokenAt(nowMs);
      return token instanceof Promise ? token.then(shown) : shown(token);
    },
  };
}
