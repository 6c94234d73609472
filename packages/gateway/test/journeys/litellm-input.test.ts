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
    const changing = routes
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => ({ method, path: filled(path) }));
    const strange = fc.constantFrom<unknown>(
      null,
      '',
      'x',
      -1,
      0,
      1e300,
      true,
      [],
      {},
      [null],
      '\u0000',
      "'; drop table resources; --",
      'a\r\nb: c',
      '__proto__',
      '..',
      'a'.repeat(300),
    );
    const field = fc.constantFrom(
      'key',
      'keys',
      'key_alias',
      'team_id',
      'team_ids',
      'user_id',
      'user_ids',
      'member',
      'models',
      'metadata',
      'max_budget',
      'soft_budget',
      'budget_duration',
      'budget_id',
      'budget_limits',
      'model_max_budget',
      'tpm_limit',
      'rpm_limit',
      'tags',
      'duration',
      'organization_id',
      'organization_alias',
      'object_permission',
      'id',
      'budgets',
      '__proto__',
      'new_key',
      'grace_period',
      'temp_budget_increase',
      'temp_budget_expiry',
    );
    const body = fc.oneof(fc.dictionary(field, fc.oneof(strange, fc.jsonValue())), fc.jsonValue(), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...changing), body, async ({ method, path }, sent) => {
        const { status, body: answer } = await house.ask(method, path, sent);
        expect(status).toBeLessThan(500);
        if (status === 200) return;
        expect(isJsonObject(answer) && ('error' in answer || 'detail' in answer)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

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
