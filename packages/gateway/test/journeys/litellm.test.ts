import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../src/identity/key-hash.ts';
import { type LiteLlmHouse, openLiteLlmHouse, textOf } from '../kit/litellm-house.ts';

const text = expect.any(String) as unknown;

/** A budget of an owner as it is kept. */
const budgetsOf = ({ ports }: LiteLlmHouse) => [...ports.directory.list('budgets')];
const limitsOf = ({ ports }: LiteLlmHouse) => [...ports.directory.list('rate_limits')];

describe('/key/generate', () => {
  it('makes what the curl of a blog post asks for', async () => {
    const house = await openLiteLlmHouse();
    const key = await house.tell('POST', '/key/generate', {
      models: ['gpt-5.3-codex', 'gpt-5.4-mini'],
      max_budget: 50.0,
      budget_duration: 'daily',
      metadata: { team: 'platform', user: 'dev-alice' },
    });
    expect(key).toMatchObject({
      key: expect.stringMatching(/^sk-/),
      key_name: `sk-...${textOf(key['key']).slice(-4)}`,
      token: sha256Of(textOf(key['key'])),
      models: ['gpt-5.3-codex', 'gpt-5.4-mini'],
      max_budget: 50,
      budget_duration: 'daily',
      budget_reset_at: '2026-11-22T00:00:00.000Z',
      metadata: { team: 'platform', user: 'dev-alice' },
      spend: 0,
      expires: null,
      user_id: null,
      team_id: null,
      litellm_budget_table: null,
      created_by: 'ops',
    });
    expect(budgetsOf(house)).toMatchObject([
      { scope: { key: key['token_id'] }, dollars: 50, every: 'day', rolling: false, mode: 'enforce' },
    ]);
  });

  it.each<[given: object, shown: object]>([
    [{ key_alias: 'alice laptop' }, { key_alias: 'alice laptop' }],
    [{ models: [] }, { models: [] }],
    [{ models: ['all-proxy-models'] }, { models: ['all-proxy-models'] }],
    [{ models: ['openai/*'] }, { models: ['openai/*'] }],
    [{ duration: '30d' }, { expires: '2026-12-21T23:00:00.000Z' }],
    [{ duration: '1mo' }, { expires: '2026-12-21T23:00:00.000Z' }],
    [{ user_id: 'alice' }, { user_id: 'alice' }],
    [{ blocked: true }, { blocked: true }],
    [{ tags: ['ci', 'paid'] }, { tags: ['ci', 'paid'] }],
    [{ permissions: { get_spend_routes: true } }, { permissions: { get_spend_routes: true } }],
    [{ object_permission: { mcp_servers: ['github'] } }, { object_permission: { mcp_servers: ['github'] } }],
    [{ max_budget: 10 }, { max_budget: 10, budget_duration: null, budget_reset_at: null }],
    [{ max_budget: '10.5' }, { max_budget: 10.5 }],
    [{ max_budget: 0 }, { max_budget: 0 }],
    [
      { max_budget: 10, soft_budget: 9 },
      { max_budget: 10, soft_budget: 9 },
    ],
    [{ soft_budget: 9 }, { max_budget: null, soft_budget: 9 }],
    [
      { max_budget: 1, budget_duration: '30d' },
      { budget_duration: '30d', budget_reset_at: '2026-12-01T00:00:00.000Z' },
    ],
    [{ max_budget: 1, budget_duration: '1w' }, { budget_reset_at: '2026-11-23T00:00:00.000Z' }],
    [{ max_budget: 1, budget_duration: 'hourly' }, { budget_reset_at: '2026-11-22T00:00:00.000Z' }],
    [
      { tpm_limit: 1000, rpm_limit: 10, max_parallel_requests: 2 },
      { tpm_limit: 1000, rpm_limit: 10, max_parallel_requests: 2 },
    ],
    [{ model_tpm_limit: { 'openai/gpt-5': 1000 } }, { model_tpm_limit: { 'openai/gpt-5': 1000 } }],
    [{ model_rpm_limit: { 'gpt-5': 7 } }, { model_rpm_limit: { 'gpt-5': 7 } }],
    [
      {
        budget_limits: [
          { max_budget: 5, budget_duration: '1d' },
          { max_budget: 20, budget_duration: '1mo' },
        ],
      },
      {
        budget_limits: [
          { max_budget: 5, budget_duration: '1d' },
          { max_budget: 20, budget_duration: '1mo' },
        ],
      },
    ],
    [
      { model_max_budget: { 'gpt-5': { budget_limit: 3, time_period: '1d' } } },
      { model_max_budget: { 'gpt-5': { budget_limit: 3, time_period: '1d' } } },
    ],
    [{ aliases: { fast: 'coder', 'my-*': 'gpt-*' } }, { aliases: { fast: 'coder', 'my-*': 'gpt-*' } }],
    [{ aliases: {}, guardrails: [], config: null, send_invite_email: false, something_new: null }, { aliases: {} }],
  ])('%j is answered with %j, and so is /key/info', async (given, shown) => {
    const house = await openLiteLlmHouse();
    const key = await house.tell('POST', '/key/generate', given);
    expect(key).toMatchObject(shown);
    const { info } = await house.tell('GET', `/key/info?key=${textOf(key['key'])}`);
    expect(info).toMatchObject(shown);
  });

  it('makes the limits that it names', async () => {
    const house = await openLiteLlmHouse();
    const { token_id: id } = await house.tell('POST', '/key/generate', {
      max_budget: 10,
      soft_budget: 8,
      model_max_budget: { 'openai/*': { budget_limit: 3, time_period: 'weekly' } },
      tpm_limit: 1000,
      model_rpm_limit: { 'gpt-5': 7 },
    });
    expect(budgetsOf(house)).toMatchObject([
      { id: `key:${textOf(id)}:budget`, scope: { key: id }, dollars: 10, every: 'total', warn_at: [0.8] },
      { scope: { key: id, model: 'openai/*' }, dollars: 3, every: 'week' },
    ]);
    expect(limitsOf(house)).toMatchObject([
      { id: `key:${textOf(id)}:tpm`, scope: { key: id }, tokens: 1000, every: 'minute' },
      { scope: { key: id, model: 'gpt-5' }, requests: 7, every: 'minute' },
    ]);
  });

  it('takes a value of one’s own, once', async () => {
    const house = await openLiteLlmHouse();
    const own = { key: 'sk-my-very-own-value-1234' };
    expect(await house.tell('POST', '/key/generate', own)).toMatchObject({ ...own, key_name: 'sk-...1234' });
    expect(await house.ask('POST', '/key/generate', own)).toMatchObject({
      status: 400,
      body: { error: { type: 'bad_request_error', code: '400', message: expect.stringContaining('is the value of') } },
    });
    expect(await house.ask('POST', '/key/generate', { key: 'mine-without-prefix' })).toMatchObject({ status: 400 });
  });

  it('takes over a key of a LiteLLM by its SHA-256', async () => {
    const house = await openLiteLlmHouse();
    const hash = sha256Of('sk-from-before');
    const { token_id: key, ...made } = await house.tell('POST', '/key/generate', { key: hash, key_alias: 'old' });
    expect(made).toMatchObject({ key: null, token: hash, key_name: null });
    expect(house.ports.identity.authenticate({ key: 'sk-from-before' })).toMatchObject({ key });
  });

  it('of a service account has a team and no user', async () => {
    const house = await openLiteLlmHouse();
    await house.tell('POST', '/team/new', { team_id: 'core' });
    const { token_id } = await house.tell('POST', '/key/service-account/generate', { team_id: 'core', user_id: 'x' });
    expect(house.ports.directory.get('virtual_keys', textOf(token_id))).toMatchObject({ service: true, team: 'core' });
    expect(await house.ask('POST', '/key/service-account/generate', {})).toMatchObject({ status: 400 });
  });
});

describe('what is refused', () => {
  const error = (message: RegExp, code = '400', type = 'bad_request_error') => ({
    error: { message: expect.stringMatching(message), type, code },
  });
  it.each<[path: string, given: unknown, status: number, body: object]>([
    ['/key/generate', { max_budget: 1, budget_duration: '45d' }, 400, error(/45d.*30d or 1mo/)],
    ['/key/generate', { max_budget: 1, budget_duration: '2h' }, 400, error(/not a window/)],
    ['/key/generate', { duration: 'soon' }, 400, error(/`soon` is not a duration/)],
    ['/key/generate', { duration: '999999999mo' }, 400, error(/not a duration/)],
    ['/key/generate', { max_budget: -1 }, 400, error(/dollars/)],
    ['/key/generate', { max_budget: 1e300 }, 400, error(/dollars/)],
    ['/key/generate', { budget_duration: '1d' }, 400, error(/`budget_duration` needs a `max_budget`/)],
    ['/key/generate', { tags: ['budget-id:dev'] }, 400, error(/name it in `budget_id`/)],
    ['/user/new', { user_id: 'ann', key_alias: 'a\u0000b' }, 400, error(/control/)],
    ['/key/generate', { tpm_limit: 0 }, 400, error(/tokens/)],
    ['/key/generate', { team_id: 'nobody' }, 404, error(/Team doesn't exist/, '404', 'not_found_error')],
    ['/key/generate', { organization_id: 'nobody' }, 404, error(/Organization doesn't/, '404', 'not_found_error')],
    ['/key/generate', { budget_id: 'nobody' }, 404, error(/Budget not found/, '404', 'not_found_error')],
    ['/key/generate', { user_id: 'a\r\nx: y' }, 400, error(/id/)],
    ['/key/generate', { key_alias: 'a\u0000b' }, 400, error(/control/)],
    ['/team/new', { team_id: 'a\u0000b' }, 400, error(/id/)],
    ['/user/new', { user_id: 'a\u0000b' }, 400, error(/id/)],
    ['/key/generate', { user_id: 'a\u0000b' }, 400, error(/id/)],
    ['/budget/new', { budget_id: 'a\u0000b', max_budget: 1 }, 400, error(/id/)],
    ['/key/a%00b/regenerate', {}, 404, error(/not found/, '404', 'not_found_error')],
    ['/key/generate', { guardrails: ['pii'] }, 400, error(/`guardrails` is not supported/)],
    ['/key/generate', { max_budgt: 5 }, 400, error(/`max_budgt` is not supported/)],
    ['/key/generate', { allowed_routes: ['/chat'] }, 400, error(/`allowed_routes`/)],
    ['/key/generate', { max_budget: 5, soft_budget: 6 }, 400, error(/soft_budget/)],
    [
      '/key/update',
      { key: 'sk-unknown-value' },
      404,
      error(/Key not found in database: sk-\.\.\.alue/, '404', 'not_found_error'),
    ],
    ['/key/k/reset_spend', { reset_to: 0 }, 400, error(/Resetting spend is not supported/)],
    ['/customer/new', { user_id: 'x' }, 400, error(/customers.*not supported/)],
    ['/spend/calculate', { model: 'x', messages: [] }, 400, error(/completion_response/)],
  ])('POST %s %j: %i %j', async (path, given, status, body) => {
    const house = await openLiteLlmHouse();
    expect(await house.ask('POST', path, given)).toMatchObject({ status, body });
    const { directory } = house.ports;
    expect([...directory.list('virtual_keys'), ...directory.list('users'), ...budgetsOf(house)]).toEqual([]);
  });

  it.each<[given: unknown, detail: object]>([
    ['{"models": [', { type: 'json_invalid', loc: ['body', 0] }],
    [[], { type: 'model_attributes_type', loc: ['body'] }],
    [{ models: 'gpt-5' }, { type: 'array_type', loc: ['body', 'models'], input: 'gpt-5' }],
    [{ max_budget: 'much' }, { loc: ['body', 'max_budget'], msg: 'Input should be a valid number' }],
    [{ key_type: 'management' }, { loc: ['body', 'key_type'] }],
  ])('a body that is not of the shape is told as FastAPI tells it: %j', async (given, detail) => {
    const house = await openLiteLlmHouse();
    const { status, body } = await house.ask('POST', '/key/generate', given);
    expect({ status, body }).toMatchObject({ status: 422, body: { detail: [detail] } });
    expect(await house.ask('POST', '/key/update', {})).toMatchObject({
      body: { detail: [{ type: 'missing', loc: ['body', 'key'], msg: 'Field required' }] },
    });
  });
});

describe('a key', () => {
  it('is changed with its limits, and what is not named stays', async () => {
    const house = await openLiteLlmHouse();
    const made = await house.tell('POST', '/key/generate', {
      max_budget: 5,
      budget_duration: '1d',
      metadata: { a: 1, b: { c: 2 } },
    });
    const key = made['key'];
    const update = (fields: object) => house.tell('POST', '/key/update', { key, ...fields });
    expect(await update({ max_budget: 7 })).toMatchObject({
      key,
      max_budget: 7,
      budget_duration: '1d',
      metadata: { a: 1 },
    });
    expect((await update({ metadata: { b: { d: 3 } } }))['metadata']).toEqual({ b: { d: 3 } });
    expect(await update({ budget_duration: '30d' })).toMatchObject({ max_budget: 7, budget_duration: '30d' });
    expect(await update({ temp_budget_increase: 3, temp_budget_expiry: '2d' })).toMatchObject({
      temp_budget_increase: 3,
    });
    expect(budgetsOf(house)).toMatchObject([
      { dollars: 7, increases: [{ dollars: 3, until: '2026-11-23T23:00:00.000Z' }] },
    ]);
    expect(await update({ duration: '1h' })).toMatchObject({ expires: '2026-11-22T00:00:00.000Z' });
    expect(await update({ duration: '-1' })).toMatchObject({ expires: null });
    expect(await update({ rpm_limit: 5 })).toMatchObject({ rpm_limit: 5 });
    expect(await update({ rpm_limit: null, max_budget: null })).toMatchObject({ rpm_limit: null, max_budget: null });
    expect([...budgetsOf(house), ...limitsOf(house)]).toEqual([]);
  });

  it('can be named by its value, by its SHA-256 and by its id', async () => {
    const house = await openLiteLlmHouse();
    const { key, token, token_id: id } = await house.tell('POST', '/key/generate', { key_alias: 'x' });
    for (const name of [key, token, id]) {
      expect(await house.tell('GET', `/key/info?key=${textOf(name)}`)).toMatchObject({
        key: name,
        info: { key_alias: 'x', token: id },
      });
    }
    expect(await house.tell('GET', `/key/list?key_hash=${textOf(token)}`)).toMatchObject({
      keys: [id],
      total_count: 1,
    });
  });

  it('gets a new value, and the old one works for as long as it is given', async () => {
    const house = await openLiteLlmHouse();
    const { key: old, token_id: id } = await house.tell('POST', '/key/generate', { key_alias: 'x' });
    const made = await house.tell('POST', `/key/${textOf(old)}/regenerate`, { grace_period: '24h', max_budget: 5 });
    expect(made).toMatchObject({ token_id: id, key_alias: 'x', max_budget: 5, token: sha256Of(textOf(made['key'])) });
    const caller = (key: unknown) => house.ports.identity.authenticate({ key: textOf(key) });
    expect([caller(old), caller(made['key'])]).toMatchObject([{ key: id }, { key: id }]);
    house.clock.nowMs += 25 * 3_600_000;
    expect(() => caller(old)).toThrow(/has a new value since its rotation/);
    const own = await house.tell('POST', '/key/regenerate', { key: id, new_key: 'sk-chosen-by-hand-42' });
    expect(own).toMatchObject({ key: 'sk-chosen-by-hand-42' });
    expect(() => caller(made['key'])).toThrow(/not known/);
  });

  it('is blocked and let in again, and is gone with its limits', async () => {
    const house = await openLiteLlmHouse();
    const { key } = await house.tell('POST', '/key/generate', { max_budget: 5, key_alias: 'gone' });
    expect(await house.tell('POST', '/key/block', { key })).toMatchObject({ blocked: true });
    expect(() => house.ports.identity.authenticate({ key: textOf(key) })).toThrow(/disabled/);
    expect(await house.tell('POST', '/key/unblock', { key })).toMatchObject({ blocked: false });
    await house.tell('POST', '/key/generate', { key_alias: 'other' });
    expect(await house.tell('POST', '/key/delete', { keys: [key], key_aliases: ['other'] })).toEqual({
      deleted_keys: [key, 'other'],
    });
    expect([...budgetsOf(house), ...house.ports.directory.list('virtual_keys')]).toEqual([]);
  });

  it('tells what was spent in its window, and several are listed in pages', async () => {
    const house = await openLiteLlmHouse();
    for (const name of ['a', 'b', 'c'])
      await house.tell('POST', '/key/generate', {
        key_alias: name,
        user_id: 'ann',
        max_budget: 5,
        budget_duration: '1d',
      });
    const listed = await house.tell('GET', '/key/list?page=2&size=2&user_id=ann&return_full_object=true');
    expect(listed).toMatchObject({
      keys: [{ key_alias: 'c', spend: 0 }],
      total_count: 3,
      current_page: 2,
      total_pages: 2,
    });
    const [id = ''] = [...house.ports.directory.list('virtual_keys')].map((key) => key.id);
    await house.spend({ key: id, user: 'ann', tags: [] }, 1_250_000_000n);
    expect(await house.tell('GET', `/key/info?key=${id}`)).toMatchObject({ info: { spend: 1.25 } });
    house.clock.nowMs += 7_200_000;
    expect(await house.tell('GET', `/key/info?key=${id}`)).toMatchObject({ info: { spend: 0 } });
    expect(await house.tell('GET', '/key/aliases?search=B')).toMatchObject({ aliases: ['b'], total_count: 1 });
    expect(await house.tell('POST', '/v2/key/info', { keys: [id] })).toMatchObject({
      key: [id],
      info: [{ key_alias: 'a' }],
    });
  });

  it('of many are updated each for itself', async () => {
    const house = await openLiteLlmHouse();
    const { token_id: id } = await house.tell('POST', '/key/generate', {});
    const done = await house.tell('POST', '/key/bulk_update', {
      keys: [
        { key: id, max_budget: 9 },
        { key: 'nobody', max_budget: 1 },
      ],
    });
    expect(done).toMatchObject({
      total_requested: 2,
      successful_updates: [{ key: id, key_info: { max_budget: 9 } }],
      failed_updates: [{ key: 'nobody', failed_reason: expect.stringContaining('not found') as unknown }],
    });
  });

  it('may ask about itself, its user and its team, and about nobody else', async () => {
    const house = await openLiteLlmHouse();
    await house.tell('POST', '/team/new', { team_id: 'core', members_with_roles: [{ user_id: 'ann', role: 'user' }] });
    const { key, token_id } = await house.tell('POST', '/key/generate', { user_id: 'ann', team_id: 'core' });
    const { key: other } = await house.tell('POST', '/key/generate', { user_id: 'bob' });
    const ask = (path: string) => house.ask('GET', path, undefined, textOf(key));
    expect(await ask('/key/info')).toMatchObject({
      status: 200,
      body: { key, info: { token: token_id, user_id: 'ann' } },
    });
    expect(await ask('/user/info')).toMatchObject({
      status: 200,
      body: { user_id: 'ann', user_info: { teams: ['core'] } },
    });
    expect(await ask('/team/info')).toMatchObject({ status: 200, body: { team_id: 'core', keys: [] } });
    expect(await ask('/model/info')).toMatchObject({ status: 200 });
    for (const path of [
      `/key/info?key=${textOf(other)}`,
      '/user/info?user_id=bob',
      '/team/info?team_id=x',
      '/key/list',
      '/spend/logs',
    ]) {
      expect(await ask(path)).toMatchObject({
        status: 403,
        body: { error: { type: 'auth_error', code: '403' } },
      });
    }
    expect(await house.ask('GET', '/key/info?key=x', undefined, 'sk-nobody')).toMatchObject({
      status: 401,
      body: { error: { message: text, code: '401' } },
    });
  });
});

describe('users', () => {
  it('are made with a key, changed, listed and deleted with their keys', async () => {
    const house = await openLiteLlmHouse();
    const made = await house.tell('POST', '/user/new', {
      user_id: 'ann',
      user_email: 'ann@example.org',
      user_role: 'internal_user_viewer',
      max_budget: 20,
      budget_duration: '1mo',
      models: ['gpt-5.3-codex'],
    });
    expect(made).toMatchObject({
      user_id: 'ann',
      key: expect.stringMatching(/^sk-/) as unknown,
      max_budget: 20,
      user_role: 'internal_user_viewer',
      teams: [],
      models: ['gpt-5.3-codex'],
    });
    expect(budgetsOf(house)).toMatchObject([
      { id: 'user:ann:budget', scope: { user: 'ann' }, dollars: 20, every: 'month' },
    ]);
    expect(await house.ask('POST', '/user/new', { user_id: 'ann' })).toMatchObject({ status: 409 });
    expect(await house.tell('POST', '/user/update', { user_email: 'ann@example.org', max_budget: 30 })).toMatchObject({
      user_id: 'ann',
      data: { max_budget: 30 },
    });
    expect(await house.tell('GET', '/user/info?user_id=ann')).toMatchObject({
      user_info: { user_email: 'ann@example.org' },
      keys: [{ user_id: 'ann' }],
      teams: [],
    });
    await house.tell('POST', '/user/new', { user_id: 'bob', auto_create_key: false });
    expect(await house.tell('GET', '/user/list?role=internal_user')).toMatchObject({
      users: [{ user_id: 'bob' }],
      total: 1,
      page: 1,
    });
    expect(await house.ask('POST', '/user/delete', { user_ids: ['ann'] })).toEqual({ status: 200, body: 1 });
    expect([...house.ports.directory.list('virtual_keys'), ...budgetsOf(house)]).toEqual([]);
  });
});

describe('teams', () => {
  it('have members, budgets for all and for each, and leave their members behind', async () => {
    const house = await openLiteLlmHouse();
    const team = await house.tell('POST', '/team/new', {
      team_id: 'core',
      team_alias: 'Core',
      members_with_roles: [
        { role: 'admin', user_id: 'ann' },
        { role: 'user', user_email: 'bob@example.org' },
      ],
      max_budget: 100,
      budget_duration: '7d',
      team_member_budget: 10,
      team_member_rpm_limit: 5,
    });
    expect(team).toMatchObject({
      team_id: 'core',
      team_alias: 'Core',
      max_budget: 100,
      team_member_budget: 10,
      team_member_rpm_limit: 5,
      members_with_roles: [
        { user_id: 'ann', role: 'admin' },
        { user_email: 'bob@example.org', role: 'user' },
      ],
      spend: 0,
      blocked: false,
    });
    expect(budgetsOf(house)).toMatchObject([
      { id: 'team:core:budget', scope: { team: 'core' }, every: 'week' },
      { id: 'team:core:member:budget', scope: { team: 'core' }, per: 'user', dollars: 10, every: 'total' },
    ]);
    const { token_id } = await house.tell('POST', '/key/generate', { team_id: 'core', user_id: 'ann' });
    await house.spend({ key: textOf(token_id), user: 'ann', team: 'core', tags: [] }, 2_000_000_000n);
    expect(await house.tell('GET', '/team/info?team_id=core')).toMatchObject({
      team_info: { spend: 2 },
      keys: [{ team_id: 'core' }],
    });

    const added = await house.tell('POST', '/team/member_add', {
      team_id: 'core',
      member: { role: 'user', user_id: 'eve' },
      max_budget_in_team: 3,
    });
    expect(added).toMatchObject({
      updated_users: [{ user_id: 'eve', teams: ['core'] }],
      updated_team_memberships: [{ litellm_budget_table: { max_budget: 3 } }],
    });
    expect(
      await house.tell('POST', '/team/member_update', {
        team_id: 'core',
        user_id: 'eve',
        role: 'admin',
        max_budget_in_team: 4,
      }),
    ).toMatchObject({ max_budget_in_team: 4 });
    expect(await house.tell('POST', '/team/member_delete', { team_id: 'core', user_id: 'eve' })).toMatchObject({
      members_with_roles: [{ user_id: 'ann' }, {}],
    });
    expect(budgetsOf(house).map(({ scope }) => scope.user)).not.toContain('eve');

    expect(await house.tell('POST', '/team/block', { team_id: 'core' })).toMatchObject({ blocked: true });
    expect(await house.tell('POST', '/team/unblock', { team_id: 'core' })).toMatchObject({ blocked: false });
    expect(
      await house.tell('POST', '/team/update', { team_id: 'core', max_budget: null, metadata: { a: 1 } }),
    ).toMatchObject({ data: { max_budget: null, metadata: { a: 1 }, team_member_budget: 10 } });
    expect(await house.ask('GET', '/team/list')).toMatchObject({ body: [{ team_id: 'core' }] });
    expect(await house.tell('GET', '/v2/team/list')).toMatchObject({ teams: [{ team_id: 'core' }], total: 1 });
    expect(await house.ask('GET', '/team/available')).toEqual({ status: 200, body: [] });
    await house.tell('POST', '/team/delete', { team_ids: ['core'] });
    expect([...house.ports.directory.list('virtual_keys'), ...budgetsOf(house)]).toEqual([]);
    expect([...house.ports.directory.list('users')].map(({ id, teams }) => [id, teams])).toMatchObject([
      ['ann', []],
      [text, []],
      ['eve', []],
    ]);
  });
});

describe('organizations', () => {
  it('are made, changed, told with their teams, and deleted with them', async () => {
    const house = await openLiteLlmHouse();
    expect(
      await house.tell('POST', '/organization/new', {
        organization_id: 'acme',
        organization_alias: 'Acme',
        max_budget: 1000,
        budget_duration: '30d',
      }),
    ).toMatchObject({
      organization_id: 'acme',
      organization_alias: 'Acme',
      litellm_budget_table: { max_budget: 1000 },
    });
    await house.tell('POST', '/team/new', {
      team_id: 'core',
      organization_id: 'acme',
      members_with_roles: [{ user_id: 'ann', role: 'user' }],
    });
    expect(
      await house.tell('POST', '/organization/member_add', {
        organization_id: 'acme',
        member: { user_id: 'bob', role: 'internal_user' },
        max_budget_in_organization: 5,
      }),
    ).toMatchObject({ updated_users: [{ user_id: 'bob' }] });
    expect(
      await house.tell('PATCH', '/organization/update', { organization_id: 'acme', tpm_limit: 500 }),
    ).toMatchObject({ tpm_limit: 500, max_budget: 1000 });
    expect(await house.tell('GET', '/organization/info?organization_id=acme')).toMatchObject({
      teams: [{ team_id: 'core' }],
      members: [{ user_id: 'bob' }],
    });
    expect(await house.ask('GET', '/organization/list')).toMatchObject({ body: [{ organization_id: 'acme' }] });
    expect(await house.ask('DELETE', '/organization/delete', { organization_ids: ['acme'] })).toMatchObject({
      status: 200,
      body: [{ organization_id: 'acme' }],
    });
    expect([...house.ports.directory.list('teams'), ...budgetsOf(house), ...limitsOf(house)]).toEqual([]);
    expect([...house.ports.directory.list('users')].map(({ id }) => id)).toEqual(['ann', 'bob']);
  });
});

describe('shared budgets', () => {
  it('are one definition with an account for each key that names it', async () => {
    const house = await openLiteLlmHouse();
    expect(
      await house.tell('POST', '/budget/new', { budget_id: 'dev', max_budget: 5, budget_duration: '1d', rpm_limit: 9 }),
    ).toMatchObject({ budget_id: 'dev', max_budget: 5, rpm_limit: 9 });
    const { token_id: id, tags } = await house.tell('POST', '/key/generate', { budget_id: 'dev', tags: ['ci'] });
    const { token_id: other } = await house.tell('POST', '/key/generate', { budget_id: 'dev' });
    expect(tags).toEqual(['ci']);
    await house.spend({ key: textOf(id), tags: ['ci', 'budget-id:dev'] }, 1_000_000_000n);
    const info = async (key: unknown) => (await house.tell('GET', `/key/info?key=${textOf(key)}`))['info'];
    expect(await info(id)).toMatchObject({
      spend: 1,
      max_budget: null,
      budget_id: 'dev',
      litellm_budget_table: { max_budget: 5 },
    });
    expect(await info(other)).toMatchObject({ spend: 0 });
    expect(await house.tell('POST', '/budget/update', { budget_id: 'dev', max_budget: 6 })).toMatchObject({
      max_budget: 6,
      budget_duration: '1d',
    });
    expect(await house.ask('POST', '/budget/info', { budgets: ['dev', 'none'] })).toMatchObject({
      body: [{ budget_id: 'dev', max_budget: 6 }],
    });
    expect(await house.ask('GET', '/budget/list')).toMatchObject({ body: [{ budget_id: 'dev' }] });
    expect(await house.ask('GET', '/budget/settings?budget_id=dev')).toMatchObject({
      body: [{ field_name: 'max_budget', field_value: 6 }, {}, {}, {}, {}, {}],
    });
    expect(await house.tell('POST', '/key/update', { key: id, budget_id: null })).toMatchObject({
      budget_id: null,
      tags: ['ci'],
    });
    await house.tell('POST', '/budget/delete', { id: 'dev' });
    expect(await info(other)).toMatchObject({ budget_id: null });
    expect([...budgetsOf(house), ...limitsOf(house)]).toEqual([]);
  });
});

describe('models and health', () => {
  it.each(['/model/info', '/v1/model/info', '/v2/model/info'])('%s tells what dashboards read', async (path) => {
    const house = await openLiteLlmHouse();
    expect(await house.tell('GET', path)).toMatchObject({
      data: [
        {
          model_name: 'gpt-5.3-codex',
          litellm_params: { model: 'openai/gpt-5.3-codex' },
          model_info: { max_input_tokens: 400_000, input_cost_per_token: 0.00000175, supports_function_calling: true },
        },
      ],
    });
    expect(await house.tell('GET', '/model_group/info')).toMatchObject({
      data: [{ model_group: 'gpt-5.3-codex', providers: ['openai'] }],
    });
  });

  it('tells that it lives to anybody', async () => {
    const house = await openLiteLlmHouse();
    for (const path of ['/health/liveliness', '/health/liveness']) {
      expect(await house.ask('GET', path, undefined, '')).toEqual({ status: 200, body: "I'm alive!" });
    }
    expect(await house.ask('GET', '/health/readiness', undefined, '')).toMatchObject({ body: { status: 'healthy' } });
  });

  it('calculates what an answer costs', async () => {
    const house = await openLiteLlmHouse();
    const usage = { prompt_tokens: 1000, completion_tokens: 100 };
    expect(
      await house.tell('POST', '/spend/calculate', { completion_response: { model: 'gpt-5.3-codex', usage } }),
    ).toEqual({ cost: expect.closeTo(0.00315, 9) as unknown });
  });
});

it.each([
  ['GET', '/key/list', 200],
  ['GET', '/spend/logs', 200],
  ['POST', '/key/generate', 403],
  ['POST', '/team/new', 403],
])('a viewer’s token may look and change nothing: %s %s %i', async (method, path, status) => {
  const house = await openLiteLlmHouse();
  const body = method === 'POST' ? {} : undefined;
  expect(await house.ask(method, path, body, 'sk-viewer-0123456789abcdef')).toMatchObject({ status });
});
