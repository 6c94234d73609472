import type { AwsAuthEntry } from '@turnpike/contract/config-auth-aws';
import type { AwsAuth } from '../../providers/cloud/aws.ts';
import type { Environment } from '../from-environment.ts';
import type { SecretAt } from './cloud-auth.ts';

/** Fields that hold secrets or references to them. */
export const awsSecrets: readonly (keyof AwsAuthEntry)[] = ['access_key_id', 'secret_access_key', 'session_token'];

/** An `aws` section as the provider takes it. Undefined where a secret of it could not be had, which was told already. */
export function awsAuthOf(entry: AwsAuthEntry, secretAt: SecretAt, region: string): AwsAuth | undefined {
  const accessKeyId = secretAt('access_key_id');
  const secretAccessKey = secretAt('secret_access_key');
  const sessionToken = secretAt('session_token');
  const { profile, role_arn: arn, role_session_name: sessionName = 'turnpike', external_id: externalId } = entry;
  const isWhole = accessKeyId && secretAccessKey && (sessionToken || entry.session_token === undefined);
  if (entry.access_key_id !== undefined && !isWhole) return undefined;
  return {
    kind: 'aws',
    service: 'bedrock',
    region,
    ...(isWhole ? { keys: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } } : {}),
    ...(profile === undefined ? {} : { profile }),
    ...(arn === undefined ? {} : { role: { arn, sessionName, ...(externalId === undefined ? {} : { externalId }) } }),
  };
}

/** The access key that lies in AWS's usual variables, if one does. */
export function awsAuthInEnvironment(env: Environment): AwsAuthEntry | undefined {
  const isSet = (name: string) => (env[name] ?? '').trim() !== '';
  if (!isSet('AWS_ACCESS_KEY_ID') || !isSet('AWS_SECRET_ACCESS_KEY')) return undefined;
  return {
    access_key_id: 'env:AWS_ACCESS_KEY_ID',
    secret_access_key: 'env:AWS_SECRET_ACCESS_KEY',
    ...(isSet('AWS_SESSION_TOKEN') ? { session_token: 'env:AWS_SESSION_TOKEN' } : {}),
  };
}
