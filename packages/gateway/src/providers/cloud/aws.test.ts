import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from '@aws-sdk/credential-providers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { portOf } from '../../../test/kit/vendor-server.ts';
import { Failure } from '../../core/failure.ts';
import { Secret } from '../../core/secret.ts';
import { type AwsAuth, createAwsAuthorizer } from './aws.ts';

const nowMs = Date.UTC(2027, 0, 1);
const call = { method: 'POST', origin: 'https://x.example', path: '/model/m/converse', headers: {}, body: [], nowMs };
const place = { kind: 'aws', service: 'bedrock', region: 'eu-central-1' } as const satisfies AwsAuth;
const keys = { accessKeyId: new Secret('AKIAGIVEN'), secretAccessKey: new Secret('s') };

/** The library itself in the given environment. */
function libraryWith(env: Readonly<Record<string, string>>) {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ AWS_EC2_METADATA_DISABLED: 'true', ...env })) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return async () => library;
}

function keyIn(headers: Readonly<Record<string, string>>): string | undefined {
  return /Credential=([^/]+)\//.exec(headers['authorization'] ?? '')?.[1];
}

describe('AWS', () => {
  it('is called with keys given outright, at once and without its library', () => {
    const noLibrary = () => Promise.reject(new Error('not to be loaded'));
    const headers = createAwsAuthorizer({ ...place, keys }, noLibrary).authorize(call);
    if (headers instanceof Promise) throw new TypeError('nothing is to be waited for');
    expect(keyIn(headers)).toBe('AKIAGIVEN');
    expect(headers['x-amz-security-token']).toBeUndefined();
  });

  it('says what to install where its library is needed and missing', async () => {
    const missing = () => Promise.reject(new Error("Cannot find package '@aws-sdk/credential-providers'"));
    const thrown: unknown = await Promise.resolve(createAwsAuthorizer(place, missing).authorize(call)).catch((e) => e);
    expect(thrown).toBeInstanceOf(Failure);
    expect(thrown).toMatchObject({
      code: 'upstream-credential-refused',
      message: expect.stringContaining('npm install @aws-sdk/credential-providers'),
    });
  });

  it('is called with the credentials of a container, fetched once and again before they run out', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      const Expiration = new Date(Date.now() + 6 * 60 * 60_000).toISOString();
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ AccessKeyId: `ASIATASK${asked}`, SecretAccessKey: 's', Token: `t${asked}`, Expiration }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${portOf(server)}/credentials`;
    const authorizer = createAwsAuthorizer(place, libraryWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }));
    const now = Date.now();
    const [one, same] = await Promise.all([
      authorizer.authorize({ ...call, nowMs: now }),
      authorizer.authorize({ ...call, nowMs: now }),
    ]);
    expect(one).toEqual(same);
    expect(one).toMatchObject({ 'x-amz-security-token': 't1' });
    expect(keyIn(one)).toBe('ASIATASK1');
    expect(authorizer.authorize({ ...call, nowMs: now + 60_000 })).not.toBeInstanceOf(Promise);
    expect(asked).toBe(1);
  });

  it('is called with the credentials of a profile', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'turnpike-aws-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'credentials');
    writeFileSync(file, '[team]\naws_access_key_id = AKIATEAM\naws_secret_access_key = s\n');
    const load = libraryWith({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(directory, 'config') });
    const authorizer = createAwsAuthorizer({ ...place, profile: 'team' }, load);
    expect(keyIn(await authorizer.authorize(call))).toBe('AKIATEAM');
  });

  it('assumes a role with the keys that it is given', async () => {
    const asked: unknown[] = [];
    const fromTemporaryCredentials = (options: unknown) => {
      asked.push(options);
      return async () => ({
        accessKeyId: 'ASIAROLE',
        secretAccessKey: 's',
        sessionToken: 't',
        expiration: new Date(0),
      });
    };
    const role = { arn: 'arn:aws:iam::1:role/models', sessionName: 'turnpike', externalId: 'house' };
    const load = async () => ({ fromTemporaryCredentials });
    const headers = await createAwsAuthorizer({ ...place, keys, role }, load).authorize(call);
    expect(keyIn(headers)).toBe('ASIAROLE');
    expect(asked).toEqual([
      {
        masterCredentials: { accessKeyId: 'AKIAGIVEN', secretAccessKey: 's' },
        params: { RoleArn: role.arn, RoleSessionName: 'turnpike', ExternalId: 'house' },
        clientConfig: { region: 'eu-central-1' },
      },
    ]);
  });

  it('tells why there are no credentials, and asks again the next time', async () => {
    const load = libraryWith({
      HOME: '/nowhere',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });
    const authorizer = createAwsAuthorizer(place, load);
    for (let time = 0; time < 2; time += 1) {
      await expect(authorizer.authorize(call)).rejects.toMatchObject({
        code: 'upstream-credential-refused',
        message: expect.stringMatching(/^AWS gave no credentials: .+/),
      });
    }
  });
});
