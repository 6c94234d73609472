import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { Principal, VirtualKey } from './principal.ts';

/** What the caller showed, as the data plane found it. */
export interface Credentials {
  readonly key?: string;
  /** Codex signed in with ChatGPT sends its user's own access token: it must go nowhere. */
  readonly foreignLogin?: boolean;
}

/**
 * Who is calling. Keys are compared by digest, so the time taken tells nothing about them.
 * `virtualKeys` are by digest. Throws `foreign-login`, `key-missing`, `key-unknown`, `key-disabled` or `key-expired`.
 */
export function authenticate(
  credentials: Credentials,
  virtualKeys: ReadonlyMap<string, VirtualKey>,
  clock: Clock,
): Principal {
  if (credentials.foreignLogin) {
    throw new Failure(
      'foreign-login',
      'Codex is signed in with ChatGPT, so it sent your ChatGPT login instead of a Turnpike virtual key. ' +
        'Run `codex logout`, or set a model_provider with env_key in ~/.codex/config.toml. Your login was not stored or forwarded.',
    );
  }
  if (!credentials.key) {
    throw new Failure('key-missing', 'No virtual key was sent. Set it as the API key of your agent.');
  }
  const key = virtualKeys.get(digestOfKey(credentials.key));
  if (!key) {
    throw new Failure('key-unknown', 'This virtual key is not known to Turnpike. Check the key, or ask for a new one.');
  }
  if (key.disabled) throw new Failure('key-disabled', `The virtual key "${key.name}" is disabled.`);
  if (key.expiresAt !== undefined && key.expiresAt <= clock.now()) {
    const when = new Date(key.expiresAt).toISOString();
    throw new Failure('key-expired', `The virtual key "${key.name}" expired at ${when}.`);
  }
  return { key };
}

/** How keys are known: SHA-256 of the value, hex. */
export function digestOfKey(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
