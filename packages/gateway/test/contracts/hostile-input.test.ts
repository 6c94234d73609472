import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { type ControlHouse, openControlHouse } from '../kit/control-plane.ts';
import { describeStores } from '../kit/stores.ts';

/** What has broken databases, headers, terminals, paths and parsers. */
const hostile = fc.oneof(
  fc.constantFrom(
    "'; drop table resources; --",
    "' or 1=1 --",
    '\\',
    '%_%',
    'a\r\nset-cookie: x=1',
    'a\u0000b',
    '\u2028',
    '\uD800',
    '../../etc/passwd',
    '${jndi:ldap://x}',
    '{{7*7}}',
    '<script>alert(1)</script>',
    '__proto__',
    'constructor',
    '\u001b[31m',
    '-1',
    '1e400',
    'NaN',
    ' ',
    '',
    'x'.repeat(20_000),
    'Ä𐍈😀',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const absurd: fc.Arbitrary<Json> = fc.oneof(
  hostile,
  fc.constantFrom<Json>(-1, 0.5, 2 ** 53, 1e308, -0, true, false, null, [], {}, ['__proto__'], [[]], {
    a: { b: [null] },
  }),
);

/** A body of a kind with some of its fields given hostile values, beside what makes it nearly good. */
function bodies(kind: ResourceKind): fc.Arbitrary<JsonObject> {
  const fields = [
    ...Object.keys(z.toJSONSchema(resourceKinds[kind], { io: 'input', unrepresentable: 'any' }).properties ?? {}),
    '__proto__',
    'unknown',
  ];
  const nasty = fc.dictionary(fc.constantFrom(...fields), absurd, { maxKeys: 2 });
  const facts = fc.dictionary(hostile, absurd, { maxKeys: 3 });
  return fc.tuple(nasty, facts, fc.boolean()).map(([given, metadata, isKept]) => ({
    ...base[kind],
    ...(isKept ? { metadata } : {}),
    ...given,
  }));
}

const base: Readonly<Record<ResourceKind, JsonObject>> = {
  organizations: {},
  teams: {},
  users: {},
  virtual_keys: {},
  budgets: { dollars: 1 },
  rate_limits: { requests: 1, every: 'minute' },
  token_issuers: { issuer: 'https://id.example.com', audiences: ['a'], rules: [{}] },
  prices: { free: true },
  deployment_states: { provider: 'openai', state: 'disabled' },
  rules: { when: 'stream', do: { refuse: 'No.' } },
};

const kinds = Object.keys(base).filter((kind): kind is ResourceKind => kind in resourceKinds);

async function stateOf({ ask }: ControlHouse): Promise<string> {
  const { body } = await ask('GET', '/api/v1/export?format=json');
  const events = await ask('GET', '/api/v1/audit-events');
  return JSON.stringify([body, events.body]);
}

/** Sends a body and tells what is wrong with what became of it. */
async function faultsAfter(house: ControlHouse, kind: ResourceKind, body: JsonObject): Promise<readonly string[]> {
  const { ask } = house;
  const path = `/api/v1/${kind.replace('_', '-')}`;
  const before = await stateOf(house);
  const made = await ask('POST', path, { body });
  if (made.status !== 201) {
    const isTold = isJsonObject(made.body['error']) && made.body['error']['message'] !== '';
    const isSame = (await stateOf(house)) === before;
    const faults = {
      [`status ${made.status}`]: ![400, 409, 422].includes(made.status),
      silent: !isTold,
      changed: !isSame,
    };
    return Object.keys(faults).filter((fault) => faults[fault]);
  }
  const { value: _value, warnings: _warnings, ...shown } = made.body;
  const address = `${path}/${encodeURIComponent(textOf(shown['id']))}`;
  const got = await ask('GET', address);
  const faults = isDeepStrictEqual(got.body, shown) ? [] : ['is told otherwise'];
  for (const [field, sent] of Object.entries(body)) {
    // Inside these, defaults are filled in.
    const isWhole = field === 'metadata' || (field !== 'rules' && !isJsonObject(sent));
    if (isWhole && !isDeepStrictEqual(got.body[field], JSON.parse(JSON.stringify(sent))))
      faults.push(`${field} is another`);
  }
  if ((await ask('DELETE', address)).status !== 200) faults.push('cannot be deleted');
  return faults;
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '');

describeStores(['sqlite', 'postgres'], (kit) => {
  it('whatever is sent is kept and read back as it is, or refused with nothing changed', async () => {
    const house = await openControlHouse(await kit.open());
    const anything = fc.constantFrom(...kinds).chain((kind) => bodies(kind).map((body) => ({ kind, body })));
    await fc.assert(
      fc.asyncProperty(anything, async ({ kind, body }) => {
        expect(await faultsAfter(house, kind, body)).toEqual([]);
      }),
      { numRuns: kit.kind === 'sqlite' ? 120 : 40 },
    );
  });

  it('ids and queries are data, whatever is in them', async () => {
    const house = await openControlHouse(await kit.open());
    await house.ask('POST', '/api/v1/teams', { body: { id: 'core' } });
    const before = await stateOf(house);
    const reads = ['teams/', 'teams?name=', 'records?key=', 'audit-events?id=', 'usage?team=', 'standings?user='];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reads), hostile, async (read, text) => {
        const path = `/api/v1/${read}${encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '?'))}`;
        expect([200, 400, 404, 422]).toContain((await house.ask('GET', path)).status);
      }),
      { numRuns: 100 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('PUT', 'PATCH', 'DELETE'), hostile, async (method, text) => {
        const path = `/api/v1/teams/${encodeURIComponent(`x/${text.replaceAll(/\p{Cs}/gu, '?')}`)}`;
        expect([404, 422]).toContain((await house.ask(method, path, { body: {} })).status);
      }),
      { numRuns: 50 },
    );
    expect(await stateOf(house)).toBe(before);
  });
});
