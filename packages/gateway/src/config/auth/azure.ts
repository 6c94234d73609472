import type { AzureAuthEntry } from '@turnpike/contract/config-auth-azure';
import type { AzureAuth } from '../../providers/cloud/azure.ts';
import type { SecretAt } from './cloud-auth.ts';

/** Fields that hold secrets or references to them. */
export const azureSecrets: readonly (keyof AzureAuthEntry)[] = ['client_secret'];

/** What tokens are for where nobody says otherwise: all of Azure's own models take them. */
const usualScope = 'https://cognitiveservices.azure.com/.default';

/** An `azure` section as the provider takes it. Undefined where its secret could not be had, which was told already. */
export function azureAuthOf(entry: AzureAuthEntry, secretAt: SecretAt): AzureAuth | undefined {
  const clientSecret = secretAt('client_secret');
  if (entry.client_secret !== undefined && !clientSecret) return undefined;
  return {
    kind: 'azure',
    scope: entry.scope ?? usualScope,
    ...(entry.tenant_id === undefined ? {} : { tenantId: entry.tenant_id }),
    ...(entry.client_id === undefined ? {} : { clientId: entry.client_id }),
    ...(clientSecret ? { clientSecret } : {}),
  };
}
