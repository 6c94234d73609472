import { describe, expect, it } from 'vitest';
import { directoryOf, resource } from '../../../test/kit/identity.ts';
import type { JsonObject } from '../../core/json.ts';
import { bearerOfClaims } from './bearer-of-claims.ts';
import { fillTemplate } from './claims.ts';

const owners = [
  resource('organizations', { id: 'acme', contact: '#acme' }),
  resource('teams', { id: 'core', organization: 'acme', models: ['gpt-*'] }),
  resource('teams', { id: 'web' }),
  resource('users', { id: 'ann@acme.com', teams: ['web'], tags: ['senior'] }),
];

function bearer(claims: JsonObject, ...rules: object[]) {
  const issuer = resource('token_issuers', {
    id: 'corp',
    issuer: 'https://id.example.com',
    audiences: ['turnpike'],
    rules,
  });
  return bearerOfClaims(claims, issuer.body, directoryOf(owners));
}

describe('rules on claims', () => {
  it('are tried in order, and the first that fits holds', () => {
    const rules = [
      { when: { role: 'admin' }, tags: ['one'] },
      { when: { role: '*' }, tags: ['two'] },
      { tags: ['three'] },
    ];
    const tagsOf = (claims: JsonObject) => bearer({ sub: 'x', ...claims }, ...rules).tags;
    expect([tagsOf({ role: 'admin' }), tagsOf({ role: 'dev' }), tagsOf({})]).toEqual([['one'], ['two'], ['three']]);
  });

  it.each([
    [{ groups: ['a', 'eng-core'] }, { groups: 'eng-*' }],
    [{ groups: ['a', 'b'] }, { groups: ['x', 'b'] }],
    [{ realm_access: { roles: ['dev'] } }, { 'realm_access.roles': 'dev' }],
    [{ 'https://acme.com/role': 'dev' }, { 'https://acme.com/role': 'dev' }],
    [
      { email_verified: true, level: 3 },
      { email_verified: 'true', level: '3' },
    ],
  ])('%j fits %j', (claims, when) => {
    expect(bearer({ sub: 'x', ...claims }, { when }).user).toBe('x');
  });

  it.each([
    [{}, { groups: '*' }],
    [{ groups: [] }, { groups: '*' }],
    [{ groups: ['a'] }, { groups: 'b' }],
    [{ groups: { length: 'a' } }, { 'groups.size': 'a' }],
    [{ role: 'a' }, { role: 'a', team: 'b' }],
    [{}, { constructor: '*' }],
    [{ a: {} }, { 'a.constructor.name': '*' }],
  ])('%j does not fit %j', (claims, when) => {
    expect(() => bearer({ sub: 'x', ...claims }, { when })).toThrow(/fits none of the rules/);
  });
});

describe('who a bearer is', () => {
  it('is told by templates, and by what the directory knows of that', () => {
    const claims = { sub: '123', email: 'ann@acme.com', groups: ['everybody', 'core', 'web'] };
    expect(bearer(claims, { user: '{email}', team: '{groups}' })).toMatchObject({
      id: 'token:corp/123',
      name: 'ann@acme.com',
      user: 'ann@acme.com',
      team: 'core',
      organization: 'acme',
      tags: ['senior'],
      contact: '#acme',
      grants: [{ holder: 'team "core"', models: ['gpt-*'] }],
    });
  });

  it('falls back to the only team of a known user', () => {
    expect(bearer({ sub: 'ann@acme.com' }, {})).toMatchObject({ team: 'web' });
  });

  it('may be limited by the rule itself', () => {
    const principal = bearer({ sub: 'x' }, { models: ['small'], organization: 'acme' });
    expect(principal).toMatchObject({ organization: 'acme', grants: [{ holder: 'token of "x"', models: ['small'] }] });
  });

  it.each([
    ['a team that nobody knows', { sub: 'x', groups: ['a'] }, { team: '{groups}' }, /none of the teams here/],
    ['a team that is not said', { sub: 'x' }, { team: 'core-{part}' }, /none of the teams here/],
    ['an organization that nobody knows', { sub: 'x' }, { organization: 'evil' }, /none of the organizations/],
    ['no user', {}, {}, /does not say who/],
    ['several users', { sub: 'x', mails: ['a', 'b'] }, { user: '{mails}' }, /does not say who/],
    ['a user with a line break', { sub: 'a\r\nx: y' }, {}, /does not say who/],
    ['a user of endless length', { sub: 'x'.repeat(300) }, {}, /does not say who/],
    ['a disabled rule', { sub: 'x' }, { disabled: true }, /is disabled/],
  ])('is nobody with %s', (_, claims, rule, says) => {
    expect(() => bearer(claims, rule)).toThrow(says);
  });
});

describe('a template', () => {
  it('puts claims in as they are', () => {
    expect(fillTemplate('{a}-{b}', { a: '{b}', b: 'x' })).toEqual(['{b}-x']);
  });

  it('is bounded, whatever the claims are', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => String(index));
    expect(fillTemplate('{a}{a}{a}', { a: many })).toHaveLength(1_000);
  });
});
