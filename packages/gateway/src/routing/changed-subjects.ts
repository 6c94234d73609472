import { isDeepStrictEqual } from 'node:util';
import type { Snapshot } from '../config/snapshot.ts';
import type { Credential, Provider } from '../providers/provider.ts';
import type { Subject } from './health.ts';
import type { Deployment } from './plan.ts';

type Providers = Pick<Snapshot, 'providers'>;

/**
 * Tells who is another one with a new configuration, so that nothing is known of it yet: providers whose settings differ, and keys whose value
 * does. Whoever stays as it was stays as well or as ill as it was.
 */
export function changedSubjects(before: Providers, after: Providers): (subject: Subject) => boolean {
  const isKept = new Map<string, boolean>();
  const keep = (name: string, kept: () => boolean) => {
    const known = isKept.get(name) ?? kept();
    isKept.set(name, known);
    return known;
  };
  return ({ provider: name, credential: id }) => {
    const [was, is] = [before.providers.get(name), after.providers.get(name)];
    if (!was || !is || !keep(name, () => isSameProvider(was, is))) return true;
    return id !== undefined && !keep(id, () => isSameCredential(credentialIn(was, id), credentialIn(is, id)));
  };
}

/** Whether the provider and the key of a deployment are the ones that the configuration has by these names. */
export function isCurrent(
  { provider, credential }: Pick<Deployment, 'provider' | 'credential'>,
  now: Providers,
): boolean {
  const is = now.providers.get(provider.name);
  if (is === provider) return true;
  return (
    is !== undefined && isSameProvider(provider, is) && isSameCredential(credential, credentialIn(is, credential.id))
  );
}

/** The deployment with the value that its key has now, where that is another one and its provider is the same. */
export function withKeyOf(now: Providers, deployment: Deployment): Deployment | undefined {
  const provider = now.providers.get(deployment.provider.name);
  const credential = provider && credentialIn(provider, deployment.credential.id);
  if (!credential || !isSameProvider(deployment.provider, provider)) return undefined;
  return isSameCredential(deployment.credential, credential) ? undefined : { ...deployment, provider, credential };
}

function credentialIn({ credentials }: Provider, id: string): Credential | undefined {
  return credentials.find((each) => each.id === id);
}

function isSameProvider(was: Provider, is: Provider): boolean {
  return isDeepStrictEqual(settingsOf(was), settingsOf(is));
}

/** Not every Node looks into URLs when it compares objects. */
function settingsOf({ credentials: _credentials, baseUrl, ...settings }: Provider) {
  return { ...settings, baseUrl: baseUrl.href };
}

/** What proves who calls. Weights and lists of models bear on nobody's health. */
function isSameCredential(was: Credential | undefined, is: Credential | undefined): boolean {
  return was !== undefined && is !== undefined && proofOf(was) === proofOf(is);
}

function proofOf({ secret, authorizer }: Credential): unknown {
  return secret ? secret.reveal() : authorizer;
}
