import { createHash } from 'node:crypto';
import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { sha256Of } from '../../src/identity/key-hash.ts';
import { adminToken, openControlHouse, viewerToken } from '../kit/control-plane.ts';
import { resource, testHasher } from '../kit/identity.ts';
import { describeStores } from '../kit/stores.ts';

const api = '/api/v1';
const textIn = (value: unknown) => (typeof value === 'string' ? value : '');
const codeOf = (body: JsonObject) => (isJsonObject(body['error']) ? body['error']['code'] : undefined);
const itemsOf = (body: JsonObject): JsonObject[] =>
  Array.isArray(body['items']) ? body['items'].filter((each: unknown): each is JsonObject => isJsonObject(each)) : [];

/** One good resource of each kind, besides its id. */
const good: Readonly<Record<ResourceKind, JsonObject>> = {
  organizations: { name: 'Acme' },
  teams: { name: 'Core', contact: '#core' },
  users: { name: 'Ann', email: 'ann@example.com' },
  virtual_keys: { name: 'Laptop', metadata: { a: [1, null] } },
  budgets: { dollars: '12.345678901', every: 'week', time_zone: 'Europe/Berlin' },
  rate_limits: { requests: 60, every: 'minute' },
  token_issuers: { issuer: 'https://id.example.com', audiences: ['turnpike'], rules: [{}] },
  prices: { model: 'gpt-*', multiplier: 1.1 },
  deployment_states: { provider: 'openai', model: 'gpt-*', state: 'draining' },
  rules: { when: 'team.id == "core"', do: { model: 'coder' }, priority: 10 },
};
const kinds = Object.entries(good);

describeStores(['sqlite', 'postgres'], (kit) => {
  describe('the admin API', () => {
    it.each(kinds)('makes, tells, changes, lists and deletes %s', async (kind, fields) => {
      const { ask } = await openControlHouse(await kit.open());
      const path = `${api}/${kind.replace('_', '-')}`;
      const made = await ask('POST', path, { body: { id: 'one', ...fields } });
      expect([made.status, made.body]).toMatchObject([201, { id: 'one', ...fields, source: 'api', revision: '1' }]);
      expect(made.headers.get('location')).toBe(`${path}/one`);
      const got = await ask('GET', `${path}/one`);
      expect(got.headers.get('etag')).toBe('"1"');
      const { value: _value, ...shown } = made.body;
      expect(got.body).toEqual(shown);
      expect((await ask('GET', path)).body).toEqual({ items: [shown] });

      const replaced = await ask('PUT', `${path}/one`, { body: got.body, headers: { 'if-match': '"1"' } });
      expect([replaced.status, replaced.body['revision']]).toEqual([200, '1']);
      const patched = await ask('PATCH', `${path}/one`, { body: { name: 'Another' }, headers: { 'if-match': '"1"' } });
      expect([patched.status, patched.body]).toMatchObject([200, { name: 'Another', revision: '2' }]);
      const late = await ask('PATCH', `${path}/one`, { body: { name: 'Late' }, headers: { 'if-match': '"1"' } });
      expect([late.status, codeOf(late.body)]).toEqual([412, 'precondition-failed']);
      expect((await ask('DELETE', `${path}/one`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
      const gone = await ask('DELETE', `${path}/one`);
      expect([gone.status, gone.body]).toMatchObject([200, { changes: [{ did: 'delete', id: 'one' }] }]);
      expect((await ask('GET', `${path}/one`)).status).toBe(404);
      expect((await ask('GET', `${api}/audit-events?id=one`)).body).toMatchObject({
        items: [{ action: expect.stringMatching(/\.delete$/), actor: 'ops' }, {}, {}],
      });
    });

    it('refuses a faulty rule with its place, and keeps the good one', async () => {
      const { ask, ports } = await openControlHouse(await kit.open());
      const path = `${api}/rules`;
      await ask('POST', path, { body: { id: 'one', when: 'stream', do: { model: 'coder' } } });
      const when = 'stream &&\n  metdata.seniority == "junior"';
      const faulty = await ask('PUT', `${path}/one`, { body: { when, do: { model: 'codr', group: 'eu' } } });
      expect([faulty.status, faulty.body]).toMatchObject([
        422,
        {
          error: {
            details: [
              { path: 'do.model', message: expect.stringContaining('did you mean `coder`?') },
              { path: 'do.group', message: expect.stringContaining('there is no group `eu`') },
              {
                path: 'when',
                line: 2,
                column: 3,
                message:
                  'there is no variable `metdata` (did you mean `metadata`?), at 2:3\n      metdata.seniority == "junior"\n      ^',
              },
            ],
          },
        },
      ]);
      expect((await ask('PATCH', `${path}/one`, { body: { when: 'model.matches("(?=x)")' } })).status).toBe(422);
      expect((await ask('PATCH', `${path}/one`, { body: { do: { refuse: 'No.' } } })).status).toBe(422);
      expect((await ask('POST', path, { body: { name: 'one', when: 'true', do: { refuse: 'No.' } } })).status).toBe(
        409,
      );
      expect(ports.directory.get('rules', 'one')).toMatchObject({ when: 'stream', do: { model: 'coder' } });
      const many = Array.from({ length: 2_000 }, (_, at) => ({ id: `r${at}`, when: 'false', do: { refuse: 'No.' } }));
      const full = await ask('POST', `${api}/import`, { body: { rules: many } });
      expect([full.status, textIn(JSON.stringify(full.body))]).toEqual([
        422,
        expect.stringContaining('there would be 2001 rules, and 2000 is the most'),
      ]);
      const named = { rules: [{ name: 'two', when: 'true', do: { refuse: 'No.' } }] };
      expect((await ask('POST', `${api}/import`, { body: named })).body).toMatchObject({ changes: [{ id: 'two' }] });
    });

    it('shows a key’s value once, and keys open and close with the next request', async () => {
      const { ask, ports } = await openControlHouse(await kit.open());
      const opens = (value: unknown) =>
        ports.directory.findKey(testHasher.digestsOf(sha256Of(textIn(value)))[0])?.key.disabled === false;
      const made = await ask('POST', `${api}/virtual-keys`, { body: { id: 'k' } });
      const { value } = made.body;
      expect(opens(value)).toBe(true);
      expect(JSON.stringify((await ask('GET', `${api}/virtual-keys`)).body)).not.toContain(textIn(value));
      await ask('POST', `${api}/virtual-keys/k/disable`);
      expect(opens(value)).toBe(false);
      await ask('POST', `${api}/virtual-keys/k/enable`);
      const rotated = await ask('POST', `${api}/virtual-keys/k/rotate`, { body: { grace_seconds: 60 } });
      expect([opens(value), opens(rotated.body['value'])]).toEqual([true, true]);
      expect(rotated.body['values']).toMatchObject([{}, { until: expect.any(String) }]);
      await ask('POST', `${api}/virtual-keys/k/rotate`);
      expect([opens(value), opens(rotated.body['value'])]).toEqual([false, false]);
      const own = await ask('POST', `${api}/virtual-keys`, { body: { id: 'own', value: 'a-value-of-my-own' } });
      expect(own.body).not.toHaveProperty('value');
      expect(opens('a-value-of-my-own')).toBe(true);
      await ask('DELETE', `${api}/virtual-keys/own`);
      expect(opens('a-value-of-my-own')).toBe(false);
    });

    it('goes through long lists in pages, and finds by field', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const teams = ['a', 'b'].map((id) => ({ id }));
      const keys = Array.from({ length: 25 }, (_, index) => ({
        id: `k${index}`,
        team: index % 2 === 0 ? 'a' : 'b',
        tags: [`t${index % 5}`],
      }));
      expect((await ask('POST', `${api}/import`, { body: { teams, virtual_keys: keys } })).status).toBe(200);
      const seen: unknown[] = [];
      let after = '';
      do {
        const { body } = await ask('GET', `${api}/virtual-keys?limit=10${after}`);
        seen.push(...itemsOf(body).map(({ id }) => id));
        after = typeof body['next'] === 'string' ? `&after=${encodeURIComponent(body['next'])}` : '';
      } while (after !== '');
      expect(seen).toEqual(keys.map(({ id }) => id).toSorted());
      expect(itemsOf((await ask('GET', `${api}/virtual-keys?team=a`)).body)).toHaveLength(13);
      expect(itemsOf((await ask('GET', `${api}/virtual-keys?team=a&tags=t0`)).body).map(({ id }) => id)).toEqual([
        'k0',
        'k10',
        'k20',
      ]);
      expect(itemsOf((await ask('GET', `${api}/virtual-keys?q=K2&limit=3`)).body).map(({ id }) => id)).toEqual([
        'k2',
        'k20',
        'k21',
      ]);
      expect((await ask('GET', `${api}/virtual-keys?colour=red`)).status).toBe(422);
      expect((await ask('GET', `${api}/virtual-keys?limit=0`)).status).toBe(422);
    });

    it('imports what it exports, and then nothing is different', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const document = {
        organizations: [{ id: 'acme' }],
        teams: [{ id: 'core', organization: 'acme' }, { id: 'web' }],
        virtual_keys: [{ id: 'k', team: 'core', value: 'a-value-of-my-own' }],
        budgets: [{ id: 'b', scope: { team: 'core' }, dollars: '10.5' }],
      };
      const first = await ask('POST', `${api}/import`, { body: document });
      expect(first.body).toMatchObject({ changes: Array.from({ length: 5 }, () => ({ did: 'create' })), unchanged: 0 });
      expect((await ask('POST', `${api}/import`, { body: document })).body).toEqual({ changes: [], unchanged: 5 });
      const { body } = await ask('GET', `${api}/export`);
      const yaml = textIn(body['text']);
      expect(yaml).not.toContain('value');
      const again = await ask('POST', `${api}/diff`, { raw: yaml, headers: { 'content-type': 'application/yaml' } });
      expect(again.body).toEqual({ changes: [], unchanged: 5 });
      const less = { ...document, teams: [{ id: 'core', organization: 'acme', tags: ['x'] }] };
      const pruned = await ask('POST', `${api}/diff?prune=true`, { body: less });
      expect(pruned.body).toMatchObject({
        changes: [
          { did: 'update', id: 'core' },
          { did: 'delete', id: 'web' },
        ],
        unchanged: 3,
      });
      expect((await ask('GET', `${api}/teams/web`)).status).toBe(200);
      await ask('POST', `${api}/import?prune=true`, { body: less });
      expect((await ask('GET', `${api}/teams/web`)).status).toBe(404);
      const bad = await ask('POST', `${api}/import`, {
        body: { teams: [{ id: 'x' }, { id: 'y', organization: 'nope' }] },
      });
      expect([bad.status, bad.body]).toMatchObject([422, { error: { details: [{ path: 'teams[1].organization' }] } }]);
      expect((await ask('GET', `${api}/teams/x`)).status).toBe(404);
    });

    it('keeps everything over a restart', async () => {
      const url = await kit.newUrl();
      const before = await openControlHouse(await kit.open(url));
      await before.ask('POST', `${api}/virtual-keys`, { body: { id: 'k', value: 'a-value-of-my-own' } });
      const shown = (await before.ask('GET', `${api}/virtual-keys/k`)).body;
      const after = await openControlHouse(await kit.open(url));
      expect((await after.ask('GET', `${api}/virtual-keys/k`)).body).toEqual(shown);
      expect(after.ports.directory.findKey(testHasher.digestsOf(sha256Of('a-value-of-my-own'))[0])?.key.id).toBe('k');
    });

    it('tells what the configuration document makes, and does not change it', async () => {
      const { ask, ports } = await openControlHouse(await kit.open());
      ports.directory.replaceFile([resource('teams', { id: 'core', tags: ['file'] })]);
      const got = await ask('GET', `${api}/teams/core`);
      expect(got.body).toMatchObject({ id: 'core', source: 'file' });
      expect(got.headers.get('etag')).toBeNull();
      for (const [method, body] of [
        ['PUT', {}],
        ['PATCH', { tags: [] }],
        ['DELETE', undefined],
      ] as const) {
        const refused = await ask(method, `${api}/teams/core`, body ? { body } : {});
        expect([refused.status, codeOf(refused.body)]).toEqual([409, 'read-only']);
      }
      const same = await ask('POST', `${api}/diff`, { body: { teams: [{ id: 'core', tags: ['file'] }] } });
      expect(same.body).toEqual({ changes: [], unchanged: 1 });
    });

    it('tries everything and changes nothing with dry_run', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const tried = await ask('POST', `${api}/teams?dry_run=true`, { body: { id: 'core' } });
      expect([tried.status, tried.body]).toMatchObject([200, { id: 'core', models: ['*'] }]);
      expect((await ask('GET', `${api}/teams`)).body).toEqual({ items: [] });
    });
  });
});

describeStores(['postgres'], (kit) => {
  it('is one API on two replicas: what one changes the other knows', async () => {
    const url = await kit.newUrl();
    const one = await openControlHouse(await kit.open(url));
    const two = await openControlHouse(await kit.open(url));
    await one.ask('POST', `${api}/teams`, { body: { id: 'core' } });
    const made = await two.ask('POST', `${api}/virtual-keys`, { body: { id: 'k', team: 'core' } });
    expect(made.status).toBe(201);
    expect((await one.ask('DELETE', `${api}/teams/core`)).status).toBe(409);
    const writes = await Promise.all(
      [one, two, one, two].map(({ ask }, index) =>
        ask('PATCH', `${api}/teams/core`, { body: { name: `N${index}` }, headers: { 'if-match': '"1"' } }),
      ),
    );
    expect(writes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  });
});

describeStores(['sqlite'], (kit) => {
  describe('every route', () => {
    it('is described without a name that leads nowhere', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const { body } = await ask('GET', '/api/openapi.json', { token: '' });
      const names = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, name = '']) => name);
      const found = (name: string) =>
        name.split('/').reduce<unknown>((at, step) => (isJsonObject(at) ? at[step] : undefined), body);
      expect(names.length).toBeGreaterThan(10);
      expect(names.filter((name) => found(name) === undefined)).toEqual([]);
    });

    it('declares what its caller must be allowed; none but the documentation is open', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const { body } = await ask('GET', '/api/openapi.json', { token: '' });
      const paths = isJsonObject(body['paths']) ? body['paths'] : {};
      const open: string[] = [];
      let guarded = 0;
      for (const [path, operations] of Object.entries(paths)) {
        for (const [method, operation] of Object.entries(isJsonObject(operations) ? operations : {})) {
          const permission = isJsonObject(operation) ? operation['x-permission'] : undefined;
          expect(permission, `${method} ${path}`).toEqual(expect.any(String));
          const concrete = path.replace('{id}', 'x');
          const asked = method === 'get' ? {} : { body: {} };
          const stranger = await ask(method.toUpperCase(), concrete, { ...asked, token: '' });
          if (permission === 'open') {
            open.push(path);
            continue;
          }
          guarded += 1;
          expect([method, path, stranger.status, codeOf(stranger.body)]).toEqual([method, path, 401, 'unauthorized']);
          const viewer = await ask(method.toUpperCase(), concrete, { ...asked, token: viewerToken });
          const mayLook = textIn(permission).endsWith(':read') || permission === 'any';
          expect([method, path, viewer.status === 403]).toEqual([method, path, !mayLook]);
        }
      }
      expect(open.toSorted()).toEqual(['/api/docs', '/api/openapi.json']);
      expect(guarded).toBeGreaterThan(50);
    });

    it('is one of the table: the app serves nothing else', async () => {
      const { served, ask } = await openControlHouse(await kit.open());
      const { body } = await ask('GET', '/api/openapi.json');
      const paths = Object.keys(isJsonObject(body['paths']) ? body['paths'] : {});
      const known = new Set(served.map((path) => path.replaceAll(/:(\w+)/g, '{$1}')));
      expect([...known].toSorted()).toEqual(paths.toSorted());
    });

    it.each<[string, string, object, number, string]>([
      ['GET', '/api/v1/nothing', {}, 404, 'not-found'],
      ['GET', '/api', {}, 404, 'not-found'],
      ['PUT', '/api/v1/teams', { body: {} }, 405, 'method-not-allowed'],
      ['POST', '/api/v1/teams', { raw: '{' }, 400, 'malformed'],
      [
        'POST',
        '/api/v1/teams',
        { raw: '{}', headers: { 'content-type': 'text/plain' } },
        415,
        'unsupported-media-type',
      ],
      [
        'POST',
        '/api/v1/teams',
        { raw: '{}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        415,
        'unsupported-media-type',
      ],
      ['POST', '/api/v1/teams', { raw: `"${'x'.repeat(2 ** 20)}"` }, 413, 'too-large'],
      ['POST', '/api/v1/teams', { raw: '[]' }, 422, 'invalid'],
      ['POST', '/api/v1/teams', { body: { id: 7 } }, 422, 'invalid'],
      ['GET', '/api/v1/teams?limit=1&limit=2', {}, 400, 'malformed'],
      ['GET', '/api/v1/records?after=rubbish', {}, 400, 'malformed'],
      ['GET', '/api/v1/usage?group_by=colour', {}, 422, 'invalid'],
      ['GET', '/api/v1/standings?key=nobody', {}, 404, 'not-found'],
      ['GET', '/api/v1/records?since=yesterday', {}, 422, 'invalid'],
      ['GET', '/api/v1/records/ex_none', {}, 404, 'not-found'],
      ['POST', '/api/v1/route/explain', { body: {} }, 422, 'invalid'],
      ['POST', '/api/v1/route/explain', { body: { model: 'm', key: 'a', team: 'b' } }, 422, 'invalid'],
      ['POST', '/api/v1/route/explain', { body: { model: 'm', key: 'nobody' } }, 404, 'not-found'],
      [
        'POST',
        '/api/v1/import',
        { raw: 'teams: [*a', headers: { 'content-type': 'application/yaml' } },
        400,
        'malformed',
      ],
      ['POST', '/api/v1/import', { body: { providers: {} } }, 422, 'invalid'],
      ['PUT', '/api/v1/teams/a%2Fb', { body: {} }, 422, 'invalid'],
      ['PUT', '/api/v1/teams/core', { body: { id: 'other' } }, 422, 'invalid'],
    ])('answers %s %s with what is wrong', async (...[method, path, asked, status, code]) => {
      const { ask } = await openControlHouse(await kit.open());
      const answered = await ask(method, path, asked);
      expect([answered.status, codeOf(answered.body)]).toEqual([status, code]);
      expect(answered.body).toEqual({ error: { code, message: expect.any(String), details: expect.any(Array) } });
      expect(answered.headers.get('cache-control')).toBe('no-store');
    });

    it('lets nobody guess tokens', async () => {
      const { ask } = await openControlHouse(await kit.open());
      for (let tries = 0; tries < 10; tries++)
        expect((await ask('GET', `${api}/me`, { token: `wrong-${tries}` })).status).toBe(401);
      const blocked = await ask('GET', `${api}/me`, { token: adminToken });
      expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '60']);
    });

    it('is documented on a page that needs nothing from elsewhere', async () => {
      const { ask } = await openControlHouse(await kit.open());
      const page = await ask('GET', '/api/docs', { token: '' });
      const text = textIn(page.body['text']);
      const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      expect(page.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
      expect(text).not.toMatch(/<script|src=|url\(|@import|https?:\/\/(?!localhost)/);
      for (const kind of Object.keys(resourceKinds)) expect(text).toContain(`/api/v1/${kind.replace('_', '-')}/{id}`);
    });
  });
});
