import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';

async function warningsOf(more: string): Promise<readonly string[]> {
  const text = `
virtual_keys: [{ name: one, value: env:KEY }]
providers:
  house: { kind: openai-compatible, keyless: true, ${more} }
`;
  const { warnings } = await goodConfiguration(text, { KEY: 'tp-0123456789abcdef0123456789abcdef' });
  return warnings.map(({ message, hint = '' }) => `${message} (${hint})`);
}

describe('a provider at an address that will not be connected to', () => {
  it.each([
    'http://10.0.0.7:8000/v1',
    'http://169.254.169.254/v1',
    'http://[fe80::1]/v1',
    'http://[::ffff:192.168.1.2]/v1',
  ])('%s is warned of, with what allows it', async (url) => {
    expect(await warningsOf(`base_url: "${url}"`)).toEqual([
      expect.stringMatching(
        /will not be connected to: it is a private or link-local address \(.*allow_private: true\)/,
      ),
    ]);
    expect(await warningsOf(`base_url: "${url}", allow_private: true`)).toEqual([]);
  });

  it('is warned of where nothing can allow it', async () => {
    const [warning] = await warningsOf('base_url: "http://0.0.0.0:8000/v1", allow_private: true');
    expect(warning).toMatch(/0\.0\.0\.0.*unspecified.*\(\)$/);
  });

  it('is warned of where it stands among the endpoints', async () => {
    const [warning] = await warningsOf(
      'base_url: "https://models.example/v1", endpoints: { chat: "http://10.1.2.3/chat" }',
    );
    expect(warning).toContain('10.1.2.3');
  });

  it.each([
    'http://127.0.0.1:8000/v1',
    'http://[::1]:8000/v1',
    'http://localhost:8000/v1',
    'https://models.example/v1',
  ])('is not %s', async (url) => {
    expect(await warningsOf(`base_url: "${url}"`)).toEqual([]);
  });
});

describe('a configuration that stays inside', () => {
  const env = { OPENAI_API_KEY: 'sk-openai', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret-0123456789' };
  const within = (providers: string, hosts = '') =>
    `network: { reach: private, allowed_hosts: [${hosts}] }\nproviders:\n  ${providers}\n`;
  const house = (url: string) => `house: { kind: openai-compatible, keyless: true, base_url: "${url}" }`;

  it.each([
    [within('openai: {}'), 'leads to api.openai.com, which is outside'],
    [within(house('http://8.8.8.8/v1')), 'leads to 8.8.8.8, which is outside'],
    [within('bedrock: { region: us-east-1, auth: { aws: { profile: p } } }'), 'fetched by the cloud’s own library'],
  ])('is refused with what leads outside: %s', async (text, told) => {
    expect((await problemsOf(text, env)).join('\n')).toContain(told);
  });

  it.each([
    within('ollama: {}'),
    within(house('http://10.0.0.7:8000/v1')),
    within(house('http://models.corp.example/v1')),
    within('openai: {}', 'api.openai.com'),
    within(
      'bedrock: { region: us-east-1, auth: { aws: { access_key_id: env:AWS_ACCESS_KEY_ID, secret_access_key: env:AWS_SECRET_ACCESS_KEY } } }',
    ),
  ])('is taken without a word, as names are judged when they are connected to: %s', async (text) => {
    expect((await goodConfiguration(text, env)).warnings).toEqual([]);
  });
});
