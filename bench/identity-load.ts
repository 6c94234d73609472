// What a hundred thousand keys cost: run by identity.mjs, bundled, with --expose-gc.
import { generateKeyPairSync, sign } from 'node:crypto';
import { systemClock } from '../packages/gateway/src/core/clock.ts';
import { createAuthenticator } from '../packages/gateway/src/identity/authenticate.ts';
import { createDirectory } from '../packages/gateway/src/identity/directory.ts';
import { followStore, type ResourceFeed } from '../packages/gateway/src/identity/follow-store.ts';
import { createKeyHasher, sha256Of } from '../packages/gateway/src/identity/key-hash.ts';
import { parseResource } from '../packages/gateway/src/identity/resources.ts';
import { toStored } from '../packages/gateway/src/identity/stored-resources.ts';
import { createTokenBearers } from '../packages/gateway/src/identity/tokens/token-bearers.ts';

const keys = 100_000;
const teams = 1_000;
const issuer = 'https://id.example.com';
const hasher = createKeyHasher([Buffer.alloc(32)]);
const valueOf = (index: number) => `sk-tp-${String(index).padStart(40, '0')}`;

/** What the store would read, as text, so that nothing is shared with what is loaded. */
function rowTexts(): string[] {
  const owners = [
    parseResource('organizations', { id: 'acme', contact: '#ai' }),
    ...Array.from({ length: teams }, (_, index) =>
      parseResource('teams', { id: `team-${index}`, organization: 'acme', models: ['gpt-*', 'claude-*'] }),
    ),
    ...Array.from({ length: teams }, (_, index) =>
      parseResource('users', { id: `user-${index}@example.com`, teams: [`team-${index}`] }),
    ),
    parseResource('token_issuers', {
      id: 'corp',
      issuer,
      audiences: ['turnpike'],
      rules: [{ when: { groups: 'x' } }, { user: '{email}', team: '{groups}' }],
    }),
  ];
  const made = Array.from({ length: keys }, (_, index) => ({
    ...parseResource('virtual_keys', {
      id: `key-${index}`,
      name: `Key number ${index}`,
      user: `user-${index % teams}@example.com`,
      ...(index % 10 === 0 ? { models: ['gpt-5*'], tags: ['nightly'] } : {}),
    }),
    digests: [{ digest: hasher.digestsOf(sha256Of(valueOf(index)))[0] }],
  }));
  return [...owners, ...made].map((each) => JSON.stringify(toStored(each)));
}

function feedOf(texts: readonly string[]): ResourceFeed {
  return {
    async *loadAll() {
      for (let from = 0; from < texts.length; from += 1_000) {
        yield texts.slice(from, from + 1_000).map((text) => ({ ...JSON.parse(text), revision: 1n }));
      }
    },
    revision: async () => 1n,
    async *changesSince() {},
    watch: async () => ({ close: async () => {} }),
  };
}

const usedMb = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

/** Microseconds of one call, over many. */
function microseconds(calls: number, call: (index: number) => unknown): string {
  for (let index = 0; index < calls / 10; index += 1) call(index);
  const started = performance.now();
  for (let index = 0; index < calls; index += 1) call(index);
  return (((performance.now() - started) * 1_000) / calls).toFixed(1);
}

const texts = rowTexts();
const directory = createDirectory();
const quiet = { info: () => {}, warn: () => {}, error: (message: string) => console.error(message) };
const before = usedMb();
const cpuBefore = process.cpuUsage();
const started = performance.now();
await followStore(feedOf(texts), directory, quiet);
const loadedMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuMs = (user + system) / 1_000;
const after = usedMb();
console.log(
  `load ${keys} keys: ${loadedMs.toFixed(0)} ms (${cpuMs.toFixed(0)} ms of CPU), ${(after - before).toFixed(0)} MB`,
);

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] };
const fetchJson = async (url: string) => (url.endsWith('/keys') ? jwks : { issuer, jwks_uri: `${issuer}/keys` });
const tokens = createTokenBearers({ directory, fetchJson, clock: systemClock });
const identity = createAuthenticator({ directory, hasher, clock: systemClock, tokens });
const values = Array.from({ length: keys }, (_, index) => valueOf(index));
const valueAt = (index: number) => values[(index * 7919) % keys] ?? '';

console.log(
  `a key seen for the first time: ${microseconds(50_000, (index) => identity.authenticate({ key: valueAt(index) }))} us`,
);
console.log(`a key seen before: ${microseconds(200_000, () => identity.authenticate({ key: valueAt(1) }))} us`);
const exp = Math.floor(systemClock.now() / 1_000) + 3_600;
const claims = { iss: issuer, aud: 'turnpike', exp, sub: '1', email: 'user-1@example.com', groups: ['all', 'team-1'] };
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function signedToken(jti: number): string {
  const text = `${encoded({ alg: 'ES256', kid: 'k' })}.${encoded({ ...claims, jti: String(jti) })}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const signed = Array.from({ length: 1_000 }, (_, index) => signedToken(index));
const verifying = performance.now();
for (const token of signed) await identity.authenticate({ key: token });
console.log(`a token seen for the first time: ${(performance.now() - verifying).toFixed(0)} us`);
console.log(
  `a token seen before: ${microseconds(200_000, (index) => identity.authenticate({ key: signed[index % 1_000] ?? '' }))} us`,
);
const put = parseResource('virtual_keys', { id: 'key-5', user: 'user-5@example.com', disabled: true });
console.log(`a change: ${microseconds(50_000, () => directory.apply([{ change: 'put', resource: put }]))} us`);
console.log(`all with every key seen: ${(usedMb() - before).toFixed(0)} MB`);
