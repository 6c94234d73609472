import type { NamedDeployment } from './availability.ts';

/** A deployment in one text, as records and operators write it: `provider/model key`. No two deployments have the same one. */
export function deploymentName({ provider, model, credential }: NamedDeployment): string {
  return `${provider.name}/${model} ${credential.id}`;
}

/** A model at a provider, whatever the key. */
export function placeName({ provider, model }: Pick<NamedDeployment, 'provider' | 'model'>): string {
  return `${provider.name}/${model}`;
}
