import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Actor, Change, Delete } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { describeLimits } from './describe-limits.ts';
import { describeTeams } from './describe-team.ts';
import { LiteLlmFailure } from './failure.ts';
import { grantFields, limitFields, temporaryFields } from './fields.ts';
import { describeGrant, grantPatch } from './grants.ts';
import { withoutNulls } from './key-changes.ts';
import { leaveTeams, member, userOf } from './members.ts';
import { setLimits } from './set-limits.ts';
import { organizationMemberOwner, organizationOwner } from './owner.ts';
import { number, readFields, text } from './read-request.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, required } from './route.ts';
import { factsOf } from './rows.ts';
import { spendOf } from './spending.ts';

type Organization = ResourceOf<'organizations'>;

const organizationFields = { ...limitFields, ...grantFields };
const newFields = z.object({ ...organizationFields, organization_id: text, organization_alias: z.string() });
const updateFields = z.object({
  ...organizationFields,
  ...temporaryFields,
  organization_id: z.string(),
  organization_alias: text,
});

/** `/organization/*`. */
export function organizationRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { permission: 'resources:write' } as const;
  const read = { permission: 'resources:read' } as const;
  return [
    { ...write, method: 'POST', path: '/organization/new', handle: (call) => create(call, tools) },
    { ...write, method: 'PATCH', path: '/organization/update', handle: (call) => update(call, tools) },
    { ...write, method: 'DELETE', path: '/organization/delete', handle: (call) => remove(call, tools) },
    { ...write, method: 'POST', path: '/organization/member_add', handle: (call) => addMembers(call, tools) },
    { ...read, method: 'GET', path: '/organization/info', handle: (call) => info(call, tools) },
    { ...read, method: 'GET', path: '/organization/list', handle: () => list(tools) },
  ];
}

async function create({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { organization_id, organization_alias: alias, ...fields } = readFields(newFields, body);
  const id = organization_id || newResourceId('organizations');
  const made = withoutNulls({ ...grantPatch(fields, {}), name: alias || null, id });
  const limits = setLimits(organizationOwner(id), fields, tools);
  return change(id, actor, [{ op: 'put', kind: 'organizations', body: made, ifMatch: 'absent' }, ...limits], tools);
}

async function update({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { organization_id: id, organization_alias: alias, ...fields } = readFields(updateFields, body);
  const before = organizationNamed(id, tools);
  const patch = { ...grantPatch(fields, {}, before), ...(alias === undefined ? {} : { name: alias || null }) };
  const limits = setLimits(organizationOwner(id), fields, tools);
  return change(id, actor, [{ op: 'patch', kind: 'organizations', id, patch }, ...limits], tools);
}

/** With its teams and keys, as LiteLLM does. Its users stay. */
async function remove({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const wanted = z.object({ organization_ids: z.array(z.string()).min(1).max(100) });
  const gone = readFields(wanted, body).organization_ids.map((id) => organizationNamed(id, tools));
  const ids = new Set(gone.map(({ id }) => id));
  const described = await Promise.all(gone.map((each) => describe(each, tools)));
  const isOfOne = (organization: string | undefined) => organization !== undefined && ids.has(organization);
  const teams = new Set(
    [...tools.directory.list('teams')].filter((team) => isOfOne(team.organization)).map(({ id }) => id),
  );
  const leaving = [...tools.directory.list('users')].filter(
    (user) => isOfOne(user.organization) || user.teams.some((id) => teams.has(id)),
  );
  await tools.resources.change(actor, [
    ...leaving.map((user) => leaveTeams(user, teams, isOfOne(user.organization) ? { organization: null } : {})),
    ...[...ids].map((id): Delete => ({ op: 'delete', kind: 'organizations', id, cascade: true })),
  ]);
  return described;
}

const orgMember = member.extend({ role: text });
const addFields = z.object({
  organization_id: z.string(),
  member: z.union([orgMember, z.array(orgMember).min(1).max(100)]),
  max_budget_in_organization: number.nullish(),
});

async function addMembers({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { organization_id: id, member: wanted, max_budget_in_organization: max } = readFields(addFields, body);
  organizationNamed(id, tools);
  const users = new Map<string, Change>();
  for (const each of Array.isArray(wanted) ? wanted : [wanted]) {
    const { id: user, before } = userOf(each, tools);
    const email = each.user_email ? { email: each.user_email } : {};
    users.set(
      user,
      before
        ? { op: 'patch', kind: 'users', id: user, patch: { organization: id } }
        : { op: 'put', kind: 'users', body: { ...email, id: user, organization: id }, ifMatch: 'absent' },
    );
  }
  const ids = [...users.keys()];
  const limits =
    max === undefined
      ? []
      : ids.flatMap((user) => setLimits(organizationMemberOwner(id, user), { max_budget: max }, tools));
  await tools.resources.change(actor, [...users.values(), ...limits]);
  return {
    organization_id: id,
    updated_users: ids.map((user_id) => ({ user_id, organization_id: id })),
    updated_organization_memberships: ids.map((user_id) => ({ user_id, organization_id: id, user_role: null })),
  };
}

async function info({ query }: Call, tools: LiteLlmTools): Promise<Json> {
  const organization = organizationNamed(required(query.get('organization_id'), 'organization_id'), tools);
  const teams = [...tools.directory.list('teams')].filter((team) => team.organization === organization.id);
  const members = [...tools.directory.list('users')].filter((user) => user.organization === organization.id);
  return {
    ...(await describe(organization, tools)),
    members: members.map(({ id }) => ({ user_id: id, organization_id: organization.id })),
    teams: await describeTeams(teams, tools),
  };
}

async function list(tools: LiteLlmTools): Promise<Json> {
  return Promise.all([...tools.directory.list('organizations')].map((each) => describe(each, tools)));
}

async function change(id: string, actor: Actor, changes: readonly Change[], tools: LiteLlmTools): Promise<Json> {
  await tools.resources.change(actor, changes);
  return describe(organizationNamed(id, tools), tools);
}

function organizationNamed(id: string, { directory }: LiteLlmTools): Organization {
  const organization = directory.get('organizations', id);
  if (organization) return organization;
  throw new LiteLlmFailure(404, `Organization not found for organization_id=${id}.`, 'organization_id');
}

async function describe(organization: Organization, tools: LiteLlmTools): Promise<JsonObject> {
  const { id, name, tags } = organization;
  const facts = (await factsOf('organizations', [id], tools))(id);
  const slots = tools.limits.slotsOf(organizationOwner(id));
  const limits = describeLimits(slots, tools.clock.now());
  return {
    ...describeGrant(organization),
    organization_id: id,
    organization_alias: name ?? null,
    budget_id: null,
    ...limits,
    litellm_budget_table: limits,
    spend: await spendOf(
      { payer: { organization: id, tags }, budget: slots.budget, records: { organization: id } },
      tools,
    ),
    created_at: facts.created_at,
    updated_at: facts.updated_at,
  };
}
