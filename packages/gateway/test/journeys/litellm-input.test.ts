import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLiteLlmApp } from '../../src/control-plane/litellm/app.ts';
import { allLiteLlmRoutes } from '../../src/control-plane/litellm/all-routes.ts';
import { createLimitFinder } from '../../src/control-plane/litellm/limit-slots.ts';
import { isLiteLlmPath } from '../../src/control-plane/litellm/paths.ts';
import { routeOf } from '../../src/data-plane/routes.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { adminToken, openLiteLlmHouse } from '../kit/litellm-house.ts';

async function openRoutes() {
  const house = await openLiteLlmHouse();
  const limits = createLimitFinder(house.ports.directory);
  return { house, routes: allLiteLlmRoutes({ ...house.ports, limits }) };
}

/** Paths of routes with something in their braces. */
const filled = (path: string) => path.replaceAll(/\{\w+\}/g, 'x');

describe('the routes', () => {
  it('are all reached, and none belongs to agents', async () => {
    const { routes } = await openRoutes();
    for (const { path } of routes) {
      expect([path, isLiteLlmPath(filled(path))]).toEqual([path, true]);
      expect([path, routeOf(filled(path))?.operation ?? 'none']).toEqual([
        path,
        expect.stringMatching(/^(none|passage)$/),
      ]);
    }
    for (const path of ['/v1/models', '/models', '/health', '/v1/responses', '/key', '/users', '/v1/usage', '/spend']) {
      expect([path, isLiteLlmPath(path)]).toEqual([path, false]);
    }
  });

  it('are closed but for the three that say that the gateway lives', async () => {
    const { house, routes } = await openRoutes();
    const open: string[] = [];
    for (const { method, path } of routes) {
      // Each from an address of its own, or the tenth wrong token would be the last that is looked at.
      house.clock.nowMs += 60_000;
      const { status } = await house.ask(
        method,
        filled(path),
        method === 'GET' ? undefined : {},
        'sk-wrong-0123456789',
      );
      if (status !== 401) open.push(path);
    }
    expect(open).toEqual(['/health/liveliness', '/health/liveness', '/health/readiness']);
  });

  it('answer whatever they are asked in a query with 4xx or with success', async () => {
    const { house, routes } = await openRoutes();
    const asking = routes.filter(({ method, permission }) => method === 'GET' && permission !== 'open');
    const value = fc.oneof(
      fc.constantFrom('', '0', '-1', '1e9', '2026-13-99', 'null', "' or 1=1", '\u0000'),
      fc.string(),
    );
    const field = fc.constantFrom(
      'page',
      'size',
      'page_size',
      'limit',
      'key',
      'user_id',
      'team_id',
      'start_date',
      'end_date',
      'api_key',
      'summarize',
      'request_id',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...asking), fc.dictionary(field, value), async ({ path }, query) => {
        const { status } = await house.ask('GET', `${path}?${String(new URLSearchParams(query))}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  it('answer whatever they are sent with 4xx or with success, never with a defect', async () => {
    const { house, routes } = await openRoutes();
    const changing = routes.filter(({ method }) => method !== 'GET');
    const paths = changing.map(({ method, path }) => ({ method, path: filled(path) }));
    const body = fc.oneof(fc.dictionary(fc.constantFrom('key', 'team_id', '__proto__'), strange), strange, fc.string());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async ({ method, path }, sent) => {
        const { status, body: answer } = await house.ask(method, path, sent);
        expect([status < 500, status === 200 || isError(answer)]).toEqual([true, true]);
      }),
      { numRuns: 100 },
    );
  });

  it('with one strange field change everything or nothing, and leave nothing that cannot be read again', async () => {
    const { house } = await openRoutes();
    await house.tell('POST', '/team/new', good.team);
    const asked = fc.constantFrom(...calls).chain(([path, fields]) =>
      fc.record({
        path: fc.constant(path),
        fields: fc.constant(fields),
        field: fc.constantFrom(...Object.keys(fields)),
      }),
    );
    const answered = new Set<number>();
    await fc.assert(
      fc.asyncProperty(asked, strange, async ({ path, fields, field }, value) => {
        const { status, body } = await house.ask('POST', path, { ...fields, [field]: value });
        answered.add(status);
        expect([status < 500, status === 200 || isError(body)]).toEqual([true, true]);
        for (const list of ['/key/list?return_full_object=true', '/team/list', '/user/list', '/budget/list'])
          expect(await house.ask('GET', list)).toMatchObject({ status: 200 });
      }),
      { numRuns: 150 },
    );
    expect([...answered]).toEqual(expect.arrayContaining([200, 400, 422]));
  });
});

const strange = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'x', -1, 0, 1, 1e300, true, [], {}, [null], '1d', '-1', '9'.repeat(20)),
  fc.constantFrom<unknown>('\u0000', "'; drop table resources; --", 'a\r\nb: c', '__proto__', '..', 'a'.repeat(300)),
  fc.constantFrom<unknown>({ __proto__: 1 }, { constructor: { prototype: 1 } }, { '': 1 }, { 'a/b*': 1 }, [
    '*********',
  ]),
  fc.jsonValue(),
);

/** Limits as all owners take them. */
const limits = {
  max_budget: 5,
  soft_budget: 4,
  budget_duration: '1d',
  tpm_limit: 9,
  rpm_limit: 9,
  max_parallel_requests: 2,
  model_max_budget: { 'gpt-5': { budget_limit: 1, time_period: '1d' } },
  model_rpm_limit: { 'gpt-5': 1 },
  budget_limits: [{ max_budget: 1, budget_duration: '1h' }],
};

/** Bodies that are taken as they are, any number of times. */
const good = {
  key: {
    ...limits,
    key_alias: null,
    key: null,
    duration: '1d',
    models: ['gpt-5'],
    tags: ['ci'],
    metadata: { a: 1 },
    user_id: 'ann',
    team_id: 't',
    organization_id: null,
    budget_id: null,
    blocked: false,
    object_permission: { mcp_servers: ['x'] },
  },
  newTeam: {
    ...limits,
    team_id: null,
    team_alias: null,
    team_member_budget: 1,
    members_with_roles: [{ user_id: 'ann' }],
  },
  team: { ...limits, team_id: 't', team_alias: 'T', team_member_rpm_limit: 1, metadata: { a: { b: 1 } } },
  member: { team_id: 't', member: { user_id: 'ann', role: 'user' }, max_budget_in_team: 1 },
  budget: { ...limits, budget_id: null },
  user: {
    ...limits,
    user_id: null,
    user_email: 'u@example.org',
    user_alias: null,
    teams: ['t'],
    auto_create_key: true,
  },
};

const calls: readonly (readonly [path: string, body: Readonly<Record<string, unknown>>])[] = [
  ['/key/generate', good.key],
  ['/team/new', good.newTeam],
  ['/team/update', good.team],
  ['/team/member_add', good.member],
  ['/budget/new', good.budget],
  ['/user/new', good.user],
];

function isError(answer: unknown): boolean {
  return isJsonObject(answer) && ('error' in answer || 'detail' in answer);
}

it.each(['authorization', 'x-litellm-api-key', 'api-key', 'x-api-key'])(
  'an administrative token may stand in %s',
  async (header) => {
    const { house } = await openRoutes();
    const app = createLiteLlmApp(house.ports);
    const value = header === 'authorization' ? `Bearer ${adminToken}` : adminToken;
    const { status } = await app.request('http://gateway/key/list', { headers: { [header]: value } });
    expect(status).toBe(200);
  },
);
