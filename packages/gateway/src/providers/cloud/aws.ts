import { Failure } from '../../core/failure.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Secret } from '../../core/secret.ts';
import type { Authorizer, CallToAuthorize, Headers } from '../authorizer.ts';
import { type Expiring, keepFresh } from './expiring.ts';
import { functionOf, type ImportPackage } from './library.ts';
import { createSigner, type SigningKeys } from './sigv4.ts';

/** Credentials of AWS. */
export interface AwsAuth {
  readonly kind: 'aws';
  /** What is called, as signatures name it. */
  readonly service: string;
  readonly region: string;
  /** Absent: AWS's own library looks for them (environment, shared files, single sign-on, container, instance). */
  readonly keys?: AwsKeys;
  /** A profile of the shared configuration files. */
  readonly profile?: string;
  readonly role?: AwsRole;
}

export interface AwsKeys {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

/** A role that is assumed with the credentials. */
export interface AwsRole {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string;
}

/** Finds AWS's credentials in all the ways that AWS knows. Apart from keys given outright nothing works without it. */
const awsLibrary = '@aws-sdk/credential-providers';

/** Signs calls to AWS (Signature Version 4). */
export function createAwsAuthorizer(auth: AwsAuth, load?: ImportPackage): Authorizer {
  const sign = createSigner(auth);
  const keysAt = signingKeysOf(auth, load);

  function signed(call: CallToAuthorize, keys: SigningKeys): Headers {
    const { body } = call;
    if (!body)
      throw new Failure('upstream-request-refused', 'A body that passes as it comes cannot be signed for AWS.');
    return sign({ ...call, body }, keys);
  }

  return {
    authorize(call) {
      const keys = keysAt(call.nowMs);
      return keys instanceof Promise ? keys.then((found) => signed(call, found)) : signed(call, keys);
    },
  };
}

function signingKeysOf(auth: AwsAuth, load?: ImportPackage): (nowMs: number) => SigningKeys | Promise<SigningKeys> {
  const { keys, role } = auth;
  if (keys && !role) return () => revealed(keys);
  let provider: Promise<() => Promise<unknown>> | undefined;
  return keepFresh(async () => {
    provider ??= libraryProvider(auth, load);
    try {
      return readCredentials(await (await provider)());
    } catch (thrown) {
      provider = undefined;
      if (thrown instanceof Failure) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('upstream-credential-refused', `AWS gave no credentials: ${why}`, { cause: thrown });
    }
  });
}

/** The library's own function that fetches credentials. */
async function libraryProvider(auth: AwsAuth, load?: ImportPackage): Promise<() => Promise<unknown>> {
  const { keys, profile, role, region } = auth;
  const chain = keys
    ? revealed(keys)
    : await callLibrary('fromNodeProviderChain', profile === undefined ? {} : { profile }, load);
  const made = role
    ? await callLibrary('fromTemporaryCredentials', { masterCredentials: chain, ...roleParams(role, region) }, load)
    : chain;
  if (typeof made !== 'function') throw new TypeError(`${awsLibrary} made no credential provider`);
  return async () => made();
}

function roleParams({ arn, sessionName, externalId }: AwsRole, region: string) {
  const external = externalId === undefined ? {} : { ExternalId: externalId };
  return { params: { RoleArn: arn, RoleSessionName: sessionName, ...external }, clientConfig: { region } };
}

async function callLibrary(name: string, options: object, load?: ImportPackage): Promise<unknown> {
  return (await functionOf(awsLibrary, name, load))(options);
}

function revealed({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): SigningKeys {
  return {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken ? { sessionToken: sessionToken.reveal() } : {}),
  };
}

function readCredentials(value: unknown): Expiring<SigningKeys> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration }: Record<string, unknown> = isJsonObject(value)
    ? value
    : {};
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new Failure('upstream-credential-refused', 'AWS gave no credentials.');
  }
  return {
    value: { accessKeyId, secretAccessKey, ...(typeof sessionToken === 'string' ? { sessionToken } : {}) },
    ...(expiration instanceof Date ? { expiresAtMs: expiration.getTime() } : {}),
  };
}
