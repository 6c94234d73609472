import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'google-auth-library';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { portOf } from '../../../test/kit/vendor-server.ts';
import { createGoogleAuthorizer } from './google.ts';

const call = { method: 'POST', origin: 'https://x', path: '/', headers: {}, nowMs: Date.UTC(2027, 0, 1) };

/** Google's token service as its library sees it: checks the grant and gives numbered tokens for an hour. */
function tokenService(check: (form: URLSearchParams) => void) {
  let count = 0;
  const fetchImplementation: typeof fetch = async (_url, init) => {
    const { body } = init ?? {};
    check(new URLSearchParams(typeof body === 'string' || body instanceof URLSearchParams ? body : ''));
    count += 1;
    return Response.json({ access_token: `token-${count}`, expires_in: 3600, token_type: 'Bearer' });
  };
  /** The library itself, with another way to the network. */
  class GoogleAuth extends library.GoogleAuth {
    constructor(options: library.GoogleAuthOptions) {
      super({ ...options, clientOptions: { transporterOptions: { fetchImplementation } } });
    }
  }
  return { load: async () => ({ ...library, GoogleAuth }), asked: () => count };
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function keyFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-google-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'key.json');
  writeFileSync(
    file,
    JSON.stringify({
      type: 'service_account',
      project_id: 'house',
      client_email: 'gateway@house.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }),
  );
  return file;
}

/** What a signed grant says. Throws where the signature is not the service account's. */
function readGrant(assertion: string): unknown {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  const signed = Buffer.from(`${head}.${claims}`);
  expect(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
}

describe('Google Cloud, through its own library', () => {
  it('is shown a token that a service account’s signed grant was exchanged for, fetched once', async () => {
    const service = tokenService((form) => {
      expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
      expect(readGrant(form.get('assertion') ?? '')).toMatchObject({
        iss: 'gateway@house.iam.gserviceaccount.com',
        scope: 'https://www.googleapis.com/auth/cloud-platform',
      });
    });
    const authorizer = createGoogleAuthorizer({ kind: 'google', credentialsFile: keyFile() }, service.load);
    const now = { ...call, nowMs: Date.now() };
    expect(await authorizer.authorize(now)).toEqual({ authorization: 'Bearer token-1' });
    expect(authorizer.authorize(now)).toEqual({ authorization: 'Bearer token-1' });
    expect(service.asked()).toBe(1);
  });

  it('is shown the token of the metadata server where nothing else is said, as on a virtual machine or in a cluster', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url?.replace(/\?.*/, '')} ${String(request.headers['metadata-flavor'])}`);
      response.setHeader('metadata-flavor', 'Google');
      const isToken = request.url?.includes('/token') === true;
      response.setHeader('content-type', isToken ? 'application/json' : 'text/plain');
      response.end(isToken ? JSON.stringify({ access_token: 'from-metadata', expires_in: 3600 }) : 'house');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${portOf(server)}`);
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined);
    vi.stubEnv('CLOUDSDK_CONFIG', '/nowhere');
    vi.stubEnv('HOME', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    const authorizer = createGoogleAuthorizer({ kind: 'google' });
    expect(await authorizer.authorize({ ...call, nowMs: Date.now() })).toEqual({
      authorization: 'Bearer from-metadata',
    });
    expect(asked).toContain('/computeMetadata/v1/instance/service-accounts/default/token Google');
  });

  it('says what is wrong with a key file that is none', async () => {
    const service = tokenService(() => {});
    const authorizer = createGoogleAuthorizer({ kind: 'google', credentialsFile: '/nowhere/key.json' }, service.load);
    await expect(authorizer.authorize(call)).rejects.toMatchObject({
      code: 'upstream-credential-refused',
      message: expect.stringContaining('Google Cloud gave no credentials: '),
    });
  });

  it('says what to install where its library is missing', async () => {
    const authorizer = createGoogleAuthorizer({ kind: 'google' }, () => Promise.reject(new Error('not found')));
    await expect(authorizer.authorize(call)).rejects.toMatchObject({
      code: 'upstream-credential-refused',
      message: expect.stringContaining('npm install google-auth-library'),
    });
  });
});
