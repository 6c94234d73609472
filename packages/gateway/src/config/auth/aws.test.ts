import { describe, expect, it } from 'vitest';
import { configurationParts, goodConfiguration, problemsOf } from '../../../test/kit/configuration.ts';
import { loadConfiguration } from '../load-configuration.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret-0123456789' };

async function bedrockOf(text: string, env: Record<string, string> = {}) {
  const { snapshot, warnings } = await goodConfiguration(text, env);
  const provider = snapshot.providers.get('bedrock');
  if (!provider) throw new Error('there is no provider bedrock');
  const { baseUrl, credentials } = provider;
  const [credential] = credentials;
  return { url: baseUrl.href, origin: baseUrl.origin, credential, warnings };
}

/** With whose key, and for what, a call is signed. */
async function scopeOf({ origin, credential }: Awaited<ReturnType<typeof bedrockOf>>) {
  const call = { method: 'POST', origin, path: '/', headers: {}, body: [], nowMs: 0 };
  const signed = await credential.authorizer?.authorize(call);
  return /Credential=([^,]*)/.exec(signed?.['authorization'] ?? '')?.[1];
}

async function providersIn(env: Record<string, string>) {
  const result = await loadConfiguration(configurationParts({ env }), { version: 1, dryRun: true });
  return result.ok ? [...result.configuration.snapshot.providers.keys()] : result.problems;
}

describe('Bedrock in the configuration', () => {
  it('takes its region and its own key from the usual variables', async () => {
    const env = { AWS_REGION: 'eu-west-3', AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key', ...keys };
    const { url, credential } = await bedrockOf('providers: { bedrock: {} }', env);
    expect(url).toBe('https://bedrock-runtime.eu-west-3.amazonaws.com/');
    expect(credential.secret?.reveal()).toBe('bedrock-key');
    expect(credential.authorizer).toBeUndefined();
  });

  it('signs with an access key from the usual variables', async () => {
    const bedrock = await bedrockOf('providers: { bedrock: { region: us-east-1 } }', keys);
    expect(await scopeOf(bedrock)).toBe('AKIAENV/19700101/us-east-1/bedrock/aws4_request');
  });

  it('signs with the credentials that it names, also for another address', async () => {
    const bedrock = await bedrockOf(
      `providers:
        bedrock:
          region: cn-north-1
          base_url: https://vpce-1.bedrock-runtime.cn-north-1.vpce.amazonaws.com.cn
          auth: { aws: { access_key_id: env:TEAM_ID, secret_access_key: env:TEAM_SECRET } }`,
      { TEAM_ID: 'AKIATEAM', TEAM_SECRET: 'secret-9876543210' },
    );
    expect(bedrock.url).toBe('https://vpce-1.bedrock-runtime.cn-north-1.vpce.amazonaws.com.cn/');
    expect(await scopeOf(bedrock)).toBe('AKIATEAM/19700101/cn-north-1/bedrock/aws4_request');
    expect(bedrock.warnings).toEqual([]);
  });

  it('leaves it to AWS’s library to find credentials where none are named', async () => {
    const { url, credential } = await bedrockOf('providers: { bedrock: { region: cn-north-1 } }');
    expect(url).toBe('https://bedrock-runtime.cn-north-1.amazonaws.com.cn/');
    expect(credential).toMatchObject({ id: 'bedrock#aws' });
    expect(credential.authorizer).toBeDefined();
  });

  it('is found in the environment by a region and credentials together', async () => {
    expect(await providersIn({ AWS_REGION: 'us-east-1', ...keys })).toEqual(['bedrock']);
    expect(await providersIn({ AWS_DEFAULT_REGION: 'us-east-1', AWS_BEARER_TOKEN_BEDROCK: 'k' })).toEqual(['bedrock']);
    expect(await providersIn(keys)).toEqual(['demo']);
    expect(await providersIn({ AWS_REGION: 'us-east-1' })).toEqual(['demo']);
  });

  it.each([
    ['bedrock: {}', 'needs a `region`'],
    ['bedrock: { region: "us east" }', 'is not the name of a region'],
    ['bedrock: { region: us-east-1, auth: {} }', 'needs exactly one kind of credentials'],
    ['bedrock: { region: us-east-1, auth: { aws: { access_key_id: env:ID } } }', 'they belong together'],
    ['bedrock: { region: us-east-1, auth: { aws: { session_token: env:ID } } }', 'without the access key'],
    ['bedrock: { region: us-east-1, keys: [{ value: env:ID }], auth: { aws: {} } }', 'stands beside `keys`'],
    ['groq: { auth: { aws: {} } }', 'is not what Groq takes'],
    ['bedrock: { region: us-east-1, auth: { aws: { access_key_id: env:ID, secret_access_key: env:GONE } } }', 'GONE'],
  ])('%s is refused: %s', async (entry, told) => {
    expect((await problemsOf(`providers:\n  ${entry}\n`, { ID: 'AKIA0' })).join('\n')).toContain(told);
  });
});
