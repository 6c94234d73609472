import { describe, expect, it } from 'vitest';
import { Secret } from '../core/secret.ts';
import { createProvider, type ProviderSettings } from '../providers/create-provider.ts';
import { vendors } from '../providers/vendors.ts';
import { changedSubjects, withKeyOf } from './changed-subjects.ts';

const vendor = known('openai');

function known(name: string) {
  const found = vendors.get(name);
  if (!found) throw new TypeError('no such vendor');
  return found;
}

function providersWith(settings: Partial<ProviderSettings> = {}, value = 'sk-a') {
  const credentials = [
    { id: 'pool#a', secret: new Secret(value) },
    { id: 'pool#b', secret: new Secret('sk-b') },
  ];
  const provider = createProvider({ name: 'pool', vendor, credentials, headers: { 'x-a': '1' }, ...settings });
  return { providers: new Map([['pool', provider]]) };
}

const subjects = [
  { scope: 'provider', provider: 'pool' },
  { scope: 'place', provider: 'pool', model: 'm' },
  { scope: 'credential', provider: 'pool', credential: 'pool#a' },
  { scope: 'deployment', provider: 'pool', model: 'm', credential: 'pool#b' },
] as const;

const changed = (after: ReturnType<typeof providersWith>) => subjects.map(changedSubjects(providersWith(), after));

describe('who is another one after a change of the configuration', () => {
  it('is nobody where it says the same', () => {
    expect(changed(providersWith())).toEqual([false, false, false, false]);
  });

  it('is a key with another value, and neither its provider nor the other key', () => {
    expect(changed(providersWith({}, 'sk-new'))).toEqual([false, false, true, false]);
  });

  it('is a key that is there no more', () => {
    const credentials = [{ id: 'pool#b', secret: new Secret('sk-b') }];
    expect(changed(providersWith({ credentials }))).toEqual([false, false, true, false]);
  });

  it('is not a key that only gets another share of the sessions', () => {
    const credentials = [
      { id: 'pool#a', secret: new Secret('sk-a'), weight: 5 },
      { id: 'pool#b', secret: new Secret('sk-b') },
    ];
    expect(changed(providersWith({ credentials }))).toEqual([false, false, false, false]);
  });

  it('is everything of a provider at another address, or with other headers, or that is gone', () => {
    for (const settings of [{ baseUrl: 'https://example.com/v1' }, { headers: { 'x-a': '2' } }])
      expect(changed(providersWith(settings))).toEqual([true, true, true, true]);
    expect(changed({ providers: new Map() })).toEqual([true, true, true, true]);
  });
});

describe('a deployment with the key of now', () => {
  const before = providersWith().providers.get('pool');
  const [credential] = before?.credentials ?? [];
  if (!before || !credential) throw new TypeError('no pool');
  const deployment = { provider: before, model: 'm', credential };

  it('has the new value of its own key', () => {
    expect(withKeyOf(providersWith({}, 'sk-new'), deployment)?.credential.secret?.reveal()).toBe('sk-new');
  });

  it('is none where the key is the same, or gone, or the provider is another', () => {
    expect(withKeyOf(providersWith(), deployment)).toBeUndefined();
    const [, other] = before.credentials;
    expect(withKeyOf(providersWith({ credentials: other ? [other] : [] }), deployment)).toBeUndefined();
    expect(withKeyOf(providersWith({ baseUrl: 'https://example.com/v1' }, 'sk-new'), deployment)).toBeUndefined();
  });
});
