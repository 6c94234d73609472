import type { ProviderEntry } from '@turnpike/contract/config-provider';
import { given } from '../dialects/shared/given.ts';
import type { Credential, CredentialLimits } from '../providers/provider.ts';
import { type Finding, formatPath, type Path } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';

interface Known {
  /** The provider's. */
  readonly name: string;
  readonly entry: ProviderEntry;
  readonly secrets: Secrets;
  readonly tell: (finding: Finding) => void;
}

type KeyEntry = NonNullable<ProviderEntry['keys']>[number];

/** An entry's keys that are in use. Undefined when one of them could not be resolved (already told) or they contradict each other. */
export function buildCredentials(known: Known): readonly Credential[] | undefined {
  const { name, entry, tell } = known;
  const contradiction = contradictionIn(known);
  if (contradiction) {
    tell(contradiction);
    return undefined;
  }
  if (entry.keyless) return [{ id: `${name}#1` }];
  const keys = entry.keys ?? [];
  const credentials = keysOf(keys, known);
  if (credentials?.length === 0 && keys.length > 0) {
    const hint = 'enable one, or take the provider out';
    tell({ path: ['providers', name, 'keys'], at: 'name', message: 'are all disabled', hint });
    return undefined;
  }
  return credentials;
}

function contradictionIn({ name, entry }: Known): Finding | undefined {
  const path = (field: string): Path => ['providers', name, field];
  if (entry.keyless && entry.keys !== undefined) {
    const message = 'is true, but there are keys too';
    return { path: path('keyless'), at: 'name', message, hint: 'keep one of them' };
  }
  if (entry.auth && (entry.keyless || entry.keys !== undefined)) {
    const message = `stands beside ${entry.keyless ? '`keyless`' : '`keys`'}`;
    return { path: path('auth'), at: 'name', message, hint: 'keep one of them' };
  }
  return undefined;
}

function keysOf(keys: readonly KeyEntry[], { name, secrets, tell }: Known): readonly Credential[] | undefined {
  const credentials: Credential[] = [];
  const ids = new Set<string>();
  const values = new Set<string>();
  for (const [index, key] of keys.entries()) {
    const path = ['providers', name, 'keys', index];
    const secret = secrets.get(formatPath([...path, 'value']));
    if (secret === undefined) return undefined;
    const label = String(key.name ?? index + 1);
    if (ids.has(label))
      tell({ path: [...path, 'name'], message: `\`${label}\` names another key of this provider too` });
    if (values.has(secret.reveal()))
      tell({ path: [...path, 'value'], message: 'is the same key as one above', severity: 'warning' });
    ids.add(label);
    values.add(secret.reveal());
    if (!key.disabled) credentials.push({ id: `${name}#${label}`, secret, ...shareOf(key) });
  }
  return credentials;
}

function shareOf({ weight, models, limits }: KeyEntry): Pick<Credential, 'weight' | 'models' | 'limits'> {
  return {
    ...(weight === 1 ? {} : { weight }),
    ...given('models', models),
    ...given('limits', limits && limitsOf(limits)),
  };
}

function limitsOf(limits: NonNullable<KeyEntry['limits']>): CredentialLimits {
  return {
    ...given('requestsPerMinute', limits.requests_per_minute),
    ...given('tokensPerMinute', limits.tokens_per_minute),
    ...given('concurrentRequests', limits.concurrent_requests),
  };
}
