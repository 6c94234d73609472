import type { Authorizer } from '../authorizer.ts';
import { createBearerAuthorizer } from './bearer.ts';
import type { Expiring } from './expiring.ts';
import { instanceOf, type ImportPackage, methodOf } from './library.ts';

/** Credentials of Google Cloud. */
export interface GoogleAuth {
  readonly kind: 'google';
  /** A key file. Absent: Google's own library looks for credentials (environment, gcloud's login, metadata server). */
  readonly credentialsFile?: string;
}

/** Makes tokens of service accounts, workload identities and metadata servers. */
const googleLibrary = 'google-auth-library';

const scope = 'https://www.googleapis.com/auth/cloud-platform';

/** Shows Google Cloud an access token. */
export function createGoogleAuthorizer({ credentialsFile }: GoogleAuth, load?: ImportPackage): Authorizer {
  const options = { scopes: [scope], ...(credentialsFile === undefined ? {} : { keyFilename: credentialsFile }) };
  let client: Promise<object> | undefined;

  async function openClient(): Promise<object> {
    const found = await methodOf(await instanceOf(googleLibrary, 'GoogleAuth', [options], load), 'getClient')();
    if (typeof found === 'object' && found !== null) return found;
    throw new TypeError(`${googleLibrary} made no client`);
  }

  return createBearerAuthorizer('Google Cloud', async () => {
    client ??= openClient();
    try {
      return readToken(await client, await methodOf(await client, 'getAccessToken')());
    } catch (thrown) {
      client = undefined;
      throw thrown;
    }
  });
}

/** The token, and beside it in the client when it runs out. */
function readToken(client: object, answer: unknown): Expiring<string> {
  const token: unknown = fieldOf(answer, 'token');
  const expiresAtMs: unknown = fieldOf(fieldOf(client, 'credentials'), 'expiry_date');
  if (typeof token !== 'string' || token === '') throw new TypeError('the answer holds no token');
  return { value: token, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : 0 };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
