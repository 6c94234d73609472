import { createHmac } from 'node:crypto';
import { exportSPKI, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { directoryOf, resource, testHasher } from '../../../test/kit/identity.ts';
import { createTokenIssuer, type TokenIssuer } from '../../../test/kit/token-issuer.ts';
import { createAuthenticator } from '../authenticate.ts';
import type { Directory } from '../directory.ts';
import type { Principal } from '../principal.ts';
import { createTokenBearers } from './token-bearers.ts';

const secondsMs = 1_000;
const minuteMs = 60 * secondsMs;
const hourMs = 60 * minuteMs;

let time: number;
const clock = { now: () => time, monotonicMs: () => time };
let issuer: TokenIssuer;
let directory: Directory;
let ask: (token: string) => Principal | Promise<Principal>;

const entry = (fields: object = {}) =>
  resource('token_issuers', {
    id: 'corp',
    issuer: 'https://id.example.com',
    audiences: ['turnpike'],
    rules: [{ when: { groups: 'contractors' }, providers: ['local'] }, { user: '{sub}' }],
    ...fields,
  });

function open(...resources: Parameters<typeof directoryOf>[0]): void {
  directory = directoryOf(resources);
  const fetchJson = async (url: string) => {
    const found = issuer.document(url.replace('https://id.example.com', ''));
    if (found === undefined) throw new Error('id.example.com answered 503');
    return found;
  };
  const tokens = createTokenBearers({ directory, fetchJson, clock });
  const identity = createAuthenticator({ directory, hasher: testHasher, clock, tokens });
  ask = (key) => identity.authenticate({ key });
}

const refusal = (code: string, says: RegExp = /./) =>
  expect.objectContaining({ name: 'Failure', code, message: expect.stringMatching(says) });
/** A refusal may come at once or later. */
const asked = async (token: string) => ask(token);

beforeEach(async () => {
  time = Date.UTC(2027, 0, 1);
  issuer = await createTokenIssuer({ issuer: 'https://id.example.com', nowS: () => time / secondsMs });
  open(entry());
});

describe('a token of a configured issuer', () => {
  it('is its bearer’s identity, at once from the second time on', async () => {
    const token = await issuer.token();
    const first = ask(token);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({ id: 'token:corp/ann', name: 'ann', user: 'ann', tenant: 'token:corp/ann' });
    expect(ask(token)).toBe(await first);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('is verified once, however many requests bring it at once', async () => {
    const token = await issuer.token();
    const all = await Promise.all(Array.from({ length: 50 }, () => asked(token)));
    expect(new Set(all).size).toBe(1);
    expect(issuer.asked).toHaveLength(2);
  });

  it('is found by its keys’ own address where there is no discovery', async () => {
    open(entry({ jwks_uri: 'https://id.example.com/keys' }));
    expect(await asked(await issuer.token())).toMatchObject({ user: 'ann' });
    expect(issuer.asked).toEqual(['/keys']);
  });

  it('lasts until it expires, with the skew that clocks may have', async () => {
    const token = await issuer.token({ exp: time / secondsMs + 300 });
    await asked(token);
    time += (300 + 60) * secondsMs - 1;
    expect(await asked(token)).toMatchObject({ user: 'ann' });
    time += 1;
    await expect(asked(token)).rejects.toEqual(refusal('token-expired', /expired at 2027-01-01T00:05:00/));
  });

  it('is verified anew after some minutes, in case its key was withdrawn', async () => {
    const token = await issuer.token();
    await asked(token);
    await issuer.rotate();
    expect(ask(token)).not.toBeInstanceOf(Promise);
    time += 11 * minuteMs;
    await asked(token).catch(() => {});
    time += 11 * minuteMs;
    await expect(asked(token)).rejects.toEqual(refusal('token-invalid', /does not list/));
  });

  it('of two issuers with one name belongs to the one that it is meant for', async () => {
    open(entry(), entry({ id: 'other', audiences: ['other'] }));
    expect(await asked(await issuer.token({ aud: ['x', 'other'] }))).toMatchObject({ id: 'token:other/ann' });
  });
});

describe('a token is refused', () => {
  it.each<[string, object, string, RegExp]>([
    ['for another audience', { aud: 'else' }, 'token-invalid', /audience is none of: turnpike/],
    ['without an audience', { aud: undefined }, 'token-invalid', /audience/],
    ['of another issuer', { iss: 'https://evil.example.com' }, 'token-invalid', /no issuer that Turnpike trusts/],
    ['that has expired', { exp: 1 }, 'token-expired', /expired at 1970/],
    ['without an expiry', { exp: undefined }, 'token-invalid', /"exp"/],
    ['that is not valid yet', { nbf: Date.UTC(2027, 0, 2) / secondsMs }, 'token-invalid', /not valid yet/],
    ['that is huge', { pad: 'x'.repeat(20_000) }, 'token-invalid', /too long/],
  ])('%s', async (_, claims, code, says) => {
    await expect(asked(await issuer.token(claims))).rejects.toEqual(refusal(code, says));
  });

  const unsigned = (header: object, claims: object) =>
    [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const good = () => ({ iss: issuer.issuer, sub: 'ann', aud: 'turnpike', exp: time / secondsMs + 60 });

  it('without a signature', async () => {
    await expect(asked(`${unsigned({ alg: 'none' }, good())}.`)).rejects.toEqual(refusal('token-invalid'));
  });

  it('signed with the public key as if it were a shared secret', async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const text = unsigned({ alg: 'HS256', kid: 'key-1' }, good());
    const signature = createHmac('sha256', await exportSPKI(pair.publicKey))
      .update(text)
      .digest('base64url');
    await expect(asked(`${text}.${signature}`)).rejects.toEqual(refusal('token-invalid', /must be signed with RS256/));
  });

  it('whose claims were changed', async () => {
    const [head, , signature] = (await issuer.token()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...good(), sub: 'root' })).toString('base64url');
    const forged = `${head}.${claims}.${signature}`;
    await expect(asked(forged)).rejects.toEqual(refusal('token-invalid', /signature is wrong/));
  });

  it('signed by somebody else under the same key id', async () => {
    const stranger = await createTokenIssuer({ issuer: issuer.issuer, nowS: () => time / secondsMs });
    await expect(asked(await stranger.token())).rejects.toEqual(refusal('token-invalid', /signature is wrong/));
  });

  it.each(['eyJ', 'eyJhbGciOiJFUzI1NiJ9..', 'eyJ.e30.x', 'eyJhbGciOiJFUzI1NiJ9.bm90IGpzb24.x'])(
    'that is broken: %s',
    async (token) => {
      await expect(asked(token)).rejects.toMatchObject({ name: 'Failure', traits: { status: 401 } });
    },
  );

  it('without saying anything of its content', async () => {
    const token = await issuer.token({ aud: 'else', sub: 'very-private' });
    await expect(asked(token)).rejects.not.toThrow(/very-private|eyJ/);
  });
});

describe('the keys of an issuer', () => {
  it('are fetched again when a token names one that is new', async () => {
    await asked(await issuer.token());
    await issuer.rotate({ keepsOld: true });
    time += 11 * secondsMs;
    expect(await asked(await issuer.token({ sub: 'bob' }))).toMatchObject({ user: 'bob' });
  });

  it('are not asked for more often because of tokens with made-up key ids', async () => {
    await asked(await issuer.token());
    const before = issuer.asked.length;
    time += 11 * secondsMs;
    const flood = await Promise.all(
      Array.from({ length: 100 }, (_, index) => issuer.token({}, { kid: `made-up-${index}` })),
    );
    const outcomes = await Promise.allSettled(flood.map(asked));
    expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
    expect(issuer.asked.length - before).toBe(2);
  });

  it('serve on while the issuer is down, for a day', async () => {
    await asked(await issuer.token());
    issuer.down = true;
    time += 23 * hourMs;
    expect(await asked(await issuer.token({ sub: 'bob' }))).toMatchObject({ user: 'bob' });
    time += 2 * hourMs;
    await expect(asked(await issuer.token({ sub: 'eve' }))).rejects.toEqual(
      refusal('token-unverifiable', /keys of the token issuer "corp" cannot be had: id\.example\.com answered 503/),
    );
  });

  it('that could not be had are asked for again, but not at once', async () => {
    issuer.down = true;
    await expect(asked(await issuer.token())).rejects.toEqual(refusal('token-unverifiable'));
    issuer.down = false;
    await expect(asked(await issuer.token())).rejects.toMatchObject({
      code: 'token-unverifiable',
      retryAfterMs: 10_000,
    });
    expect(issuer.asked).toHaveLength(1);
    time += 10 * secondsMs;
    expect(await asked(await issuer.token())).toMatchObject({ user: 'ann' });
  });

  it.each([
    ['speaks for another issuer', { issuer: 'https://evil.example.com', jwks_uri: 'https://id.example.com/keys' }],
    ['leads to an unsafe address', { issuer: 'https://id.example.com', jwks_uri: 'http://id.example.com/keys' }],
    ['leads to a file', { issuer: 'https://id.example.com', jwks_uri: 'file:///etc/keys' }],
    ['names no keys', { issuer: 'https://id.example.com' }],
  ])('are not taken from a discovery document that %s', async (_, document) => {
    issuer.discovery = document;
    await expect(asked(await issuer.token())).rejects.toEqual(refusal('token-unverifiable'));
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration']);
  });
});

describe('what is changed in the directory', () => {
  const file = (...resources: ReturnType<typeof entry>[]) => directory.replaceFile(resources);

  it('holds for a token that is known already', async () => {
    const token = await issuer.token();
    await asked(token);
    file(entry({ disabled: true }));
    await expect(asked(token)).rejects.toEqual(refusal('token-forbidden', /"corp" is disabled/));
    file(entry({ audiences: ['else'] }));
    await expect(asked(token)).rejects.toEqual(refusal('token-invalid', /audience/));
    file();
    await expect(asked(token)).rejects.toEqual(refusal('token-invalid', /no issuer/));
    file(entry());
    expect(await asked(token)).toMatchObject({ user: 'ann' });
  });

  it('makes a bearer somebody else or nobody, from the next request on', async () => {
    const token = await issuer.token();
    await asked(token);
    const put = (fields: object) => {
      const body = resource('users', { id: 'ann', ...fields });
      directory.apply([{ change: 'put', resource: body }]);
    };
    put({ tags: ['vip'] });
    expect(ask(token)).toMatchObject({ tags: ['vip'] });
    put({ disabled: true });
    expect(() => ask(token)).toThrow(/The user "ann" is disabled/);
    directory.apply([{ change: 'delete', kind: 'users', id: 'ann' }]);
    expect(ask(token)).toMatchObject({ user: 'ann', tags: [] });
  });
});
