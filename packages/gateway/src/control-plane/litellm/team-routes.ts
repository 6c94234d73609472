import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Change, Delete } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { changeTeam, describeTeams, teamNamed } from './describe-team.ts';
import { LiteLlmFailure } from './failure.ts';
import { grantFields, limitFields, type LimitFields, temporaryFields } from './fields.ts';
import { grantPatch } from './grants.ts';
import { withoutNulls } from './key-changes.ts';
import { describeKeys } from './describe-key.ts';
import { joinTeam, leaveTeams, type Member, member, membersByTeam } from './members.ts';
import { setLimits } from './set-limits.ts';
import { membersOwner, teamOwner } from './owner.ts';
import { number, readFields, readQuery, text, texts } from './read-request.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, required, selfOf } from './route.ts';
import { pageOf } from './rows.ts';
import { describeMembership } from './team-member-routes.ts';
import { mostTold } from './user-routes.ts';

type Team = ResourceOf<'teams'>;

const teamFields = {
  ...limitFields,
  ...grantFields,
  team_alias: text,
  organization_id: text,
  team_member_budget: number.nullish(),
  team_member_budget_duration: text,
  team_member_tpm_limit: number.nullish(),
  team_member_rpm_limit: number.nullish(),
};
const newFields = z.object({
  ...teamFields,
  team_id: text,
  members_with_roles: z.array(member).nullish(),
  members: texts,
  admins: texts,
});
const updateFields = z.object({ ...teamFields, ...temporaryFields, team_id: z.string() });
const teamOnly = z.object({ team_id: z.string() });

/** `/team/*`. */
export function teamRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { method: 'POST', permission: 'resources:write' } as const;
  const read = { method: 'GET', permission: 'resources:read' } as const;
  return [
    { ...write, path: '/team/new', handle: (call) => create(call, tools) },
    { ...write, path: '/team/update', handle: (call) => update(call, tools) },
    { ...write, path: '/team/delete', handle: (call) => remove(call, tools) },
    { ...write, path: '/team/block', handle: (call) => setBlocked(call, true, tools) },
    { ...write, path: '/team/unblock', handle: (call) => setBlocked(call, false, tools) },
    { ...read, path: '/team/info', ofOneself: true, handle: (call) => info(call, tools) },
    { ...read, path: '/team/list', handle: ({ query }) => list(query, tools) },
    { ...read, path: '/v2/team/list', handle: ({ query }) => listPage(query, tools) },
    // Teams that people may join on their own: there are none here.
    { ...read, path: '/team/available', handle: async () => [] },
  ];
}

async function create({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { team_id, members_with_roles, members, admins, ...fields } = readFields(newFields, body);
  const id = team_id || newResourceId('teams');
  if (tools.directory.get('teams', id))
    throw new LiteLlmFailure(400, `Team id = ${id} already exists. Please use a different team id.`, 'team_id');
  const people = [
    ...(members ?? []).map((user_id): Member => ({ user_id, role: 'user' })),
    ...(admins ?? []).map((user_id): Member => ({ user_id, role: 'admin' })),
    ...(members_with_roles ?? []),
  ];
  const made: Change = { op: 'put', kind: 'teams', body: withoutNulls({ ...bodyOf(fields), id }), ifMatch: 'absent' };
  return changeTeam(id, actor, [made, ...joinTeam(id, people, tools).values(), ...limitsOf(id, fields, tools)], tools);
}

type Fields = Omit<z.output<typeof updateFields>, 'team_id'>;

function bodyOf(fields: Fields, before?: Team): JsonObject {
  const { team_alias: alias, organization_id: organization } = fields;
  return {
    ...grantPatch(fields, {}, before),
    ...(alias === undefined ? {} : { name: alias || null }),
    ...(organization === undefined ? {} : { organization: organization || null }),
  };
}

function limitsOf(id: string, fields: Fields, tools: LiteLlmTools): readonly Change[] {
  const { team_member_budget: budget, team_member_budget_duration: duration } = fields;
  const { team_member_tpm_limit: tpm, team_member_rpm_limit: rpm } = fields;
  const ofMembers: LimitFields = { max_budget: budget, budget_duration: duration, tpm_limit: tpm, rpm_limit: rpm };
  return [...setLimits(teamOwner(id), fields, tools), ...setLimits(membersOwner(id), ofMembers, tools)];
}

async function update({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { team_id: id, ...fields } = readFields(updateFields, body);
  const before = teamNamed(id, tools);
  const patch: Change = { op: 'patch', kind: 'teams', id, patch: bodyOf(fields, before) };
  return { team_id: id, data: await changeTeam(id, actor, [patch, ...limitsOf(id, fields, tools)], tools) };
}

/** With its keys, as LiteLLM does. Its members stay. */
async function remove({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { team_ids } = readFields(z.object({ team_ids: z.array(z.string()).min(1).max(500) }), body);
  const gone = new Set(team_ids.map((id) => teamNamed(id, tools).id));
  const leaving = [...tools.directory.list('users')].filter(({ teams }) => teams.some((id) => gone.has(id)));
  await tools.resources.change(actor, [
    ...leaving.map((user) => leaveTeams(user, gone)),
    ...[...gone].map((id): Delete => ({ op: 'delete', kind: 'teams', id, cascade: true })),
  ]);
  return { deleted_teams: [...gone] };
}

async function setBlocked({ actor, body }: Call, disabled: boolean, tools: LiteLlmTools): Promise<Json> {
  const { id } = teamNamed(readFields(teamOnly, body).team_id, tools);
  return changeTeam(id, actor, [{ op: 'patch', kind: 'teams', id, patch: { disabled } }], tools);
}

async function info(call: Call, tools: LiteLlmTools): Promise<Json> {
  const self = selfOf(call);
  const id = required(call.query.get('team_id') ?? self?.principal.team, 'team_id');
  if (self && id !== self.principal.team)
    throw new LiteLlmFailure(
      403,
      'You are not allowed to access this team. A virtual key may only ask about its own.',
      'team_id',
    );
  const team = teamNamed(id, tools);
  const keys = [...tools.directory.list('virtual_keys')].filter((key) => key.team === id);
  const members = membersByTeam(tools.directory).get(id) ?? [];
  const [described = {}] = await describeTeams([team], tools);
  return {
    team_id: id,
    team_info: described,
    // What others' keys are called and have spent is not for each of them.
    keys: self ? [] : await describeKeys(keys.slice(0, mostTold), tools),
    team_memberships: self ? [] : members.map((user) => describeMembership(id, user.id, tools)),
  };
}

async function list(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  return describeTeams(matching(query, tools), tools);
}

async function listPage(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const paging = z.object({
    page: number.pipe(z.int().min(1)).default(1),
    page_size: number.pipe(z.int().min(1).max(100)).default(10),
  });
  const { page, page_size: size } = readQuery(paging, query);
  const { items, counts } = pageOf(matching(query, tools), { page, size });
  const teams = await describeTeams(items, tools);
  return { teams, total: counts.total_count, page, page_size: size, total_pages: counts.total_pages };
}

function matching(query: URLSearchParams, { directory }: LiteLlmTools): readonly Team[] {
  const [user, organization, alias] = [query.get('user_id'), query.get('organization_id'), query.get('team_alias')];
  const teamsOfUser = user ? (directory.get('users', user)?.teams ?? []) : undefined;
  return [...directory.list('teams')].filter(
    (team) =>
      (!teamsOfUser || teamsOfUser.includes(team.id)) &&
      (!organization || team.organization === organization) &&
      (!alias || team.name === alias),
  );
}
