import * as library from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/secret.ts';
import { type AzureAuth, createAzureAuthorizer } from './azure.ts';

const call = { method: 'POST', origin: 'https://x', path: '/', headers: {}, nowMs: Date.now() };

const application: AzureAuth = {
  kind: 'azure',
  scope: 'https://cognitiveservices.azure.com/.default',
  tenantId: '11111111-2222-3333-4444-555555555555',
  clientId: 'gateway',
  clientSecret: new Secret('s3cret'),
};

/** Entra ID as its library sees it. Answers with a token for an hour, or with `refusal`. */
function entra(refusal?: object) {
  const asked: URLSearchParams[] = [];
  const httpClient: NonNullable<library.TokenCredentialOptions['httpClient']> = {
    async sendRequest(request) {
      const respond = (status: number, body: object) => ({
        request,
        status,
        headers: request.headers,
        bodyAsText: JSON.stringify(body),
      });
      const { origin, pathname } = new URL(request.url);
      if (pathname.endsWith('/openid-configuration')) {
        const base = `${origin}/${application.tenantId}`;
        return respond(200, {
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          issuer: `${base}/v2.0`,
          jwks_uri: `${base}/keys`,
        });
      }
      asked.push(new URLSearchParams(typeof request.body === 'string' ? request.body : ''));
      if (refusal) return respond(401, refusal);
      return respond(200, { access_token: `token-${asked.length}`, expires_in: 3600, token_type: 'Bearer' });
    },
  };
  /** The library itself, with another way to the network. */
  class ClientSecretCredential extends library.ClientSecretCredential {
    constructor(tenantId: string, clientId: string, clientSecret: string) {
      super(tenantId, clientId, clientSecret, { httpClient, disableInstanceDiscovery: true });
    }
  }
  return { load: async () => ({ ...library, ClientSecretCredential }), asked };
}

describe('Azure, through its own library', () => {
  it('is shown a token for the scope that an application’s secret was exchanged for, fetched once', async () => {
    const { load, asked } = entra();
    const authorizer = createAzureAuthorizer(application, load);
    expect(await authorizer.authorize(call)).toEqual({ authorization: 'Bearer token-1' });
    expect(authorizer.authorize(call)).toEqual({ authorization: 'Bearer token-1' });
    expect(asked).toHaveLength(1);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      client_id: 'gateway',
      client_secret: 's3cret',
      scope: expect.stringContaining('https://cognitiveservices.azure.com/.default'),
    });
  });

  it('says why no token was given', async () => {
    const { load } = entra({ error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.' });
    await expect(createAzureAuthorizer(application, load).authorize(call)).rejects.toMatchObject({
      code: 'upstream-credential-refused',
      message: expect.stringContaining('AADSTS7000215'),
    });
  });

  it('leaves it to the library to find credentials where there is no secret', async () => {
    const given: unknown[] = [];
    class DefaultAzureCredential {
      constructor(options: unknown) {
        given.push(options);
      }
      getToken(scope: string) {
        return Promise.resolve({ token: `found for ${scope}`, expiresOnTimestamp: Date.now() + 3_600_000 });
      }
    }
    const auth = { kind: 'azure', scope: 'https://ai.azure.com/.default', clientId: 'assigned' } as const;
    const authorizer = createAzureAuthorizer(auth, async () => ({ DefaultAzureCredential }));
    expect(await authorizer.authorize(call)).toEqual({
      authorization: 'Bearer found for https://ai.azure.com/.default',
    });
    expect(given).toEqual([{ managedIdentityClientId: 'assigned', workloadIdentityClientId: 'assigned' }]);
    expect(library.DefaultAzureCredential).toBeTypeOf('function');
  });

  it('says what to install where its library is missing', async () => {
    const authorizer = createAzureAuthorizer(application, () => Promise.reject(new Error('not found')));
    await expect(authorizer.authorize(call)).rejects.toMatchObject({
      message: expect.stringContaining('npm install @azure/identity'),
    });
  });
});
