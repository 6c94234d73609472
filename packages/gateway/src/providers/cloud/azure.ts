import { isJsonObject } from '../../core/json.ts';
import type { Secret } from '../../core/secret.ts';
import type { Authorizer } from '../authorizer.ts';
import { createBearerAuthorizer } from './bearer.ts';
import { instanceOf, type ImportPackage, methodOf } from './library.ts';

/** Credentials of Azure (Entra ID). */
export interface AzureAuth {
  readonly kind: 'azure';
  readonly scope: string;
  readonly tenantId?: string;
  readonly clientId?: string;
  /** An application's secret. Absent: Azure's own library looks for credentials (environment, workload and managed identity, the CLI's login). */
  readonly clientSecret?: Secret;
}

/** Makes tokens of applications, workload identities and managed identities. */
const azureLibrary = '@azure/identity';

/** Shows Azure an Entra ID token. */
export function createAzureAuthorizer(auth: AzureAuth, load?: ImportPackage): Authorizer {
  let credential: Promise<object> | undefined;
  return createBearerAuthorizer('Azure', async () => {
    credential ??= openCredential(auth, load);
    try {
      const answer = await methodOf(await credential, 'getToken')(auth.scope);
      const { token, expiresOnTimestamp }: Record<string, unknown> = isJsonObject(answer) ? answer : {};
      if (typeof token !== 'string' || token === '') throw new TypeError('the answer holds no token');
      return { value: token, expiresAtMs: typeof expiresOnTimestamp === 'number' ? expiresOnTimestamp : 0 };
    } catch (thrown) {
      credential = undefined;
      throw thrown;
    }
  });
}

function openCredential({ tenantId, clientId, clientSecret }: AzureAuth, load?: ImportPackage): Promise<object> {
  if (tenantId !== undefined && clientId !== undefined && clientSecret) {
    return instanceOf(azureLibrary, 'ClientSecretCredential', [tenantId, clientId, clientSecret.reveal()], load);
  }
  const options = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  };
  return instanceOf(azureLibrary, 'DefaultAzureCredential', [options], load);
}
