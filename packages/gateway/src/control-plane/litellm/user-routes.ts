import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Delete } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { describeLimits } from './describe-limits.ts';
import { LiteLlmFailure } from './failure.ts';
import { grantFields, limitFields, temporaryFields } from './fields.ts';
import { describeGrant, grantPatch, keptOf } from './grants.ts';
import { answerWithValue, describeKeys } from './describe-key.ts';
import { keyCreation, withoutNulls } from './key-changes.ts';
import { knownUser } from './members.ts';
import { setLimits } from './set-limits.ts';
import { userOwner } from './owner.ts';
import { number, readFields, readQuery, text } from './read-request.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, selfOf } from './route.ts';
import { factsOf, pageOf, type RowFacts } from './rows.ts';
import { spendOf } from './spending.ts';
import { describeTeams } from './describe-team.ts';

type User = ResourceOf<'users'>;

/** LiteLLM's roles are kept, but give no rights here. */
const role = z.enum(['proxy_admin', 'proxy_admin_viewer', 'internal_user', 'internal_user_viewer']).nullish();

const userFields = {
  ...limitFields,
  ...grantFields,
  user_email: text,
  user_alias: text,
  user_role: role,
  organization_id: text,
};

const newFields = z.object({
  ...userFields,
  user_id: text,
  teams: z.array(z.union([z.string(), z.object({ team_id: z.string() }).transform((each) => each.team_id)])).nullish(),
  auto_create_key: z.boolean().default(true),
  key_alias: text,
  duration: text,
});
const updateFields = z.object({ ...userFields, ...temporaryFields, user_id: text });

/** `/user/*`. */
export function userRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { method: 'POST', permission: 'resources:write' } as const;
  const read = { method: 'GET', permission: 'resources:read' } as const;
  return [
    { ...write, permission: 'keys:write', path: '/user/new', handle: (call) => create(call, tools) },
    { ...write, path: '/user/update', handle: (call) => update(call, tools) },
    { ...write, path: '/user/delete', handle: (call) => remove(call, tools) },
    { ...read, path: '/user/info', ofOneself: true, handle: (call) => info(call, tools) },
    { ...read, path: '/user/list', handle: ({ query }) => list(query, tools) },
  ];
}

/** With a key, unless none is wanted. */
async function create(call: Call, tools: LiteLlmTools): Promise<Json> {
  const fields = readFields(newFields, call.body);
  const { user_id, teams, auto_create_key: withKey, key_alias, duration, ...others } = fields;
  const id = user_id || newResourceId('users');
  if (tools.directory.get('users', id))
    throw new LiteLlmFailure(409, `User with id ${id} already exists in db.`, 'user_id');
  const body = withoutNulls({ ...bodyOf(others), ...(teams ? { teams } : {}), id });
  const keyId = newResourceId('virtual_keys');
  const ofKey = { fields: { user_id: id, key_alias, duration } };
  const made = await tools.resources.change(call.actor, [
    { op: 'put', kind: 'users', body, ifMatch: 'absent' },
    ...setLimits(userOwner(id), others, tools),
    ...(withKey ? keyCreation(keyId, ofKey, tools) : []),
  ]);
  const user = await describeUser(knownUser({ user_id: id, user_email: null }, tools), tools);
  if (!withKey) return { ...user, key: null, token: null };
  const key = await answerWithValue(keyId, { made, wanted: undefined, actor: call.actor }, tools);
  return { ...user, ...Object.fromEntries(shownOfKey.map((field) => [field, key[field] ?? null])) };
}

const shownOfKey = ['key', 'token', 'token_id', 'key_name', 'key_alias', 'expires'] as const;

type Fields = Omit<z.output<typeof updateFields>, 'user_id'>;

function bodyOf(fields: Fields, before?: User): JsonObject {
  const { user_email: email, user_alias: alias, user_role: userRole, organization_id: organization } = fields;
  const kept = userRole === undefined ? {} : { user_role: userRole };
  return {
    ...grantPatch(fields, kept, before),
    ...(alias === undefined ? {} : { name: alias || null }),
    ...(email === undefined ? {} : { email: email || null }),
    ...(organization === undefined ? {} : { organization: organization || null }),
  };
}

async function update({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { user_id, ...fields } = readFields(updateFields, body);
  const before = knownUser({ user_id, user_email: fields.user_email }, tools);
  await tools.resources.change(actor, [
    { op: 'patch', kind: 'users', id: before.id, patch: bodyOf(fields, before) },
    ...setLimits(userOwner(before.id), fields, tools),
  ]);
  const data = await describeUser(knownUser({ user_id: before.id, user_email: null }, tools), tools);
  return { user_id: before.id, data };
}

/** With their keys and limits, as LiteLLM does. */
async function remove({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { user_ids } = readFields(z.object({ user_ids: z.array(z.string()).min(1).max(500) }), body);
  const ids = [...new Set(user_ids.map((user_id) => knownUser({ user_id, user_email: null }, tools).id))];
  const deletions = ids.map((id): Delete => ({ op: 'delete', kind: 'users', id, cascade: true }));
  await tools.resources.change(actor, deletions);
  return ids.length;
}

async function info(call: Call, tools: LiteLlmTools): Promise<Json> {
  const self = selfOf(call);
  const wanted = call.query.get('user_id') ?? self?.principal.user;
  if (self && wanted !== self.principal.user)
    throw new LiteLlmFailure(
      403,
      'You are not allowed to access this user. A virtual key may only ask about its own.',
      'user_id',
    );
  if (!wanted) return { user_id: null, user_info: null, keys: [], teams: [] };
  const user = knownUser({ user_id: wanted, user_email: null }, tools);
  const teams = user.teams.flatMap((id) => tools.directory.get('teams', id) ?? []);
  const keys = [...tools.directory.list('virtual_keys')].filter((key) => key.user === user.id);
  return {
    user_id: user.id,
    user_info: await describeUser(user, tools),
    keys: await describeKeys(keys.slice(0, mostTold), tools),
    teams: await describeTeams(teams, tools),
  };
}

/** So many keys are told of one user or team; the others are found by /key/list. */
export const mostTold = 100;

const listQuery = z.object({
  page: number.pipe(z.int().min(1)).default(1),
  page_size: number.pipe(z.int().min(1).max(100)).default(25),
  user_ids: text,
  user_email: text,
  team: text,
  role: text,
});

async function list(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const { page, page_size: size, user_ids: ids, user_email: email, team, role: wanted } = readQuery(listQuery, query);
  const only = ids ? new Set(ids.split(',').map((id) => id.trim())) : undefined;
  const found = [...tools.directory.list('users')].filter(
    (user) =>
      (!only || only.has(user.id)) &&
      (!email || user.email?.includes(email) === true) &&
      (!team || user.teams.includes(team)) &&
      (!wanted || roleOf(user) === wanted),
  );
  const { items, counts } = pageOf(found, { page, size });
  const facts = await factsOf(
    'users',
    items.map(({ id }) => id),
    tools,
  );
  const users = await Promise.all(items.map((user) => describe(user, facts(user.id), tools)));
  return { users, total: counts.total_count, page, page_size: size, total_pages: counts.total_pages };
}

async function describeUser(user: User, tools: LiteLlmTools): Promise<JsonObject> {
  return describe(user, (await factsOf('users', [user.id], tools))(user.id), tools);
}

async function describe(user: User, facts: RowFacts, tools: LiteLlmTools): Promise<JsonObject> {
  const slots = tools.limits.slotsOf(userOwner(user.id));
  const payer = { user: user.id, tags: user.tags };
  return {
    ...describeGrant(user),
    ...describeLimits(slots, tools.clock.now()),
    user_id: user.id,
    user_alias: user.name ?? null,
    user_email: user.email ?? null,
    user_role: roleOf(user),
    teams: user.teams,
    organization_id: user.organization ?? null,
    spend: await spendOf({ payer, budget: slots.budget, records: { user: user.id } }, tools),
    created_at: facts.created_at,
    updated_at: facts.updated_at,
  };
}

function roleOf(user: User): Json {
  return keptOf(user)['user_role'] ?? 'internal_user';
}
