import { Failure } from '../../core/failure.ts';
import type { Principal } from '../../identity/principal.ts';
import { mayDo } from '../permissions.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LiteLlmPorts } from './ports.ts';
import type { Caller, LiteLlmRoute } from './route.ts';

/** Headers in which LiteLLM's clients carry a key, first found wins. */
const keyHeaders = ['x-litellm-api-key', 'authorization', 'api-key', 'x-api-key'] as const;

/** Lets a caller in, or throws. Virtual keys are looked for first where they may ask: they must not count as guesses of an administrative token. */
export async function admit(
  { permission, ofOneself }: LiteLlmRoute,
  { headers, address }: { readonly headers: Headers; readonly address: string | undefined },
  ports: LiteLlmPorts,
): Promise<Caller | undefined> {
  if (permission === 'open') return undefined;
  const shown = shownIn(headers);
  if (shown !== undefined) {
    const principal = await principalOf(shown, address, ports);
    if (principal && ofOneself) return { principal, value: shown };
    if (principal)
      throw new LiteLlmFailure(403, `Only an administrative token may do this; "${principal.name}" is a virtual key.`);
  }
  const operator = await ports.operators.authenticate(shown, address);
  if (mayDo(operator.role, permission)) return { operator };
  throw new LiteLlmFailure(403, `The token "${operator.name}" may not do this: it needs \`${permission}\`.`);
}

function shownIn(headers: Headers): string | undefined {
  const values = keyHeaders.map((name) =>
    headers
      .get(name)
      ?.replace(/^Bearer +/i, '')
      .trim(),
  );
  return values.find((value) => value !== undefined && /^\S+$/.test(value));
}

/** Whose virtual key it is. Undefined: nobody's. Throws where it is one that is not let in. */
async function principalOf(
  key: string,
  address: string | undefined,
  { identity }: LiteLlmPorts,
): Promise<Principal | undefined> {
  try {
    return await identity.authenticate({ key, ...(address === undefined ? {} : { address }) });
  } catch (error) {
    if (error instanceof Failure && (error.code === 'key-unknown' || error.code === 'token-invalid')) return undefined;
    throw error;
  }
}
