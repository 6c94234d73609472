import type { ProviderAuthEntry } from '@turnpike/contract/config-auth';
import type { Secret } from '../../core/secret.ts';
import type { CloudAuth, CloudKind } from '../../providers/cloud/cloud-auth.ts';
import type { Environment } from '../from-environment.ts';
import { type Path } from '../problem.ts';
import { awsAuthInEnvironment, awsAuthOf, awsSecrets } from './aws.ts';
import { azureAuthOf, azureSecrets } from './azure.ts';
import { googleAuthOf } from './google.ts';

/** The secret that a field of a section means, if it holds one that could be resolved. */
export type SecretAt = (field: string) => Secret | undefined;

/** Where `auth` sections hold secrets. */
export const authSecretPlaces: readonly Path[] = [
  ...awsSecrets.map((field) => ['providers', '*', 'auth', 'aws', field]),
  ...azureSecrets.map((field) => ['providers', '*', 'auth', 'azure', field]),
];

/** Which cloud's credentials a section holds. The schema has seen to it that there is exactly one. */
export function cloudOf(entry: ProviderAuthEntry): CloudKind | undefined {
  if (entry.aws) return 'aws';
  if (entry.azure) return 'azure';
  return entry.google ? 'google' : undefined;
}

/** A section as providers take it. Undefined where a secret of it could not be had, which was told already. */
export function cloudAuthOf(
  entry: ProviderAuthEntry,
  place: { readonly region: string; secretAt(kind: CloudKind, field: string): Secret | undefined },
): CloudAuth | undefined {
  if (entry.aws) return awsAuthOf(entry.aws, (field) => place.secretAt('aws', field), place.region);
  if (entry.azure) return azureAuthOf(entry.azure, (field) => place.secretAt('azure', field));
  return entry.google && googleAuthOf(entry.google);
}

/** The credentials of a cloud that lie in its usual variables, if any do. */
export function authInEnvironment(cloud: CloudKind, env: Environment): ProviderAuthEntry | undefined {
  return inEnvironment[cloud](env);
}

const inEnvironment: Readonly<Record<CloudKind, (env: Environment) => ProviderAuthEntry | undefined>> = {
  aws(env) {
    const aws = awsAuthInEnvironment(env);
    return aws && { aws };
  },
  // What lies about for these serves many programs: a provider is not started for it unasked.
  azure: () => undefined,
  google: () => undefined,
};

/** What leaves it to a cloud's own library to find credentials. */
export function ambientAuth(cloud: CloudKind): ProviderAuthEntry {
  return { [cloud]: {} };
}
