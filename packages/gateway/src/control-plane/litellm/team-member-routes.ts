import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { describeLimits } from './describe-limits.ts';
import { changeTeam, teamNamed } from './describe-team.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LimitFields } from './fields.ts';
import { joinTeam, knownUser, leaveTeams, type Member, member } from './members.ts';
import { memberOwner } from './owner.ts';
import { number, readFields, text } from './read-request.ts';
import type { Call, LiteLlmRoute, LiteLlmTools } from './route.ts';
import { setLimits } from './set-limits.ts';

/** `/team/member_*`: who is in a team, and what each may spend there. */
export function teamMemberRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { method: 'POST', permission: 'resources:write' } as const;
  return [
    { ...write, path: '/team/member_add', handle: (call) => addMembers(call, tools) },
    { ...write, path: '/team/member_update', handle: (call) => updateMember(call, tools) },
    { ...write, path: '/team/member_delete', handle: (call) => removeMember(call, tools) },
  ];
}

const addFields = z.object({
  team_id: z.string(),
  member: z.union([member, z.array(member).min(1).max(100)]),
  max_budget_in_team: number.nullish(),
});

async function addMembers({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { team_id: id, member: wanted, max_budget_in_team: budget } = readFields(addFields, body);
  teamNamed(id, tools);
  const joined = joinTeam(id, Array.isArray(wanted) ? wanted : [wanted], tools);
  const users = [...joined.keys()];
  const limits =
    budget === undefined
      ? []
      : users.flatMap((user) => setLimits(memberOwner(id, user), { max_budget: budget }, tools));
  const team = await changeTeam(id, actor, [...joined.values(), ...limits], tools);
  return {
    ...team,
    updated_users: users.map((user_id) => ({ user_id, teams: tools.directory.get('users', user_id)?.teams ?? [] })),
    updated_team_memberships: users.map((user) => describeMembership(id, user, tools)),
  };
}

const memberUpdateFields = z.object({
  team_id: z.string(),
  user_id: text,
  user_email: text,
  role: text,
  max_budget_in_team: number.nullish(),
  tpm_limit: number.nullish(),
  rpm_limit: number.nullish(),
});

async function updateMember({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const fields = readFields(memberUpdateFields, body);
  const { team_id: id, role, max_budget_in_team: max_budget, tpm_limit, rpm_limit } = fields;
  const user = memberNamed(id, fields, tools);
  const joined = role === undefined ? [] : joinTeam(id, [{ user_id: user.id, role }], tools).values();
  const limits = setLimits(memberOwner(id, user.id), { max_budget, tpm_limit, rpm_limit }, tools);
  await tools.resources.change(actor, [...joined, ...limits]);
  const { litellm_budget_table: table } = describeMembership(id, user.id, tools);
  return {
    team_id: id,
    user_id: user.id,
    user_email: user.email ?? null,
    max_budget_in_team: table.max_budget ?? null,
    tpm_limit: table.tpm_limit ?? null,
    rpm_limit: table.rpm_limit ?? null,
  };
}

async function removeMember({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const fields = readFields(z.object({ team_id: z.string(), user_id: text, user_email: text }), body);
  const { team_id: id } = fields;
  const user = memberNamed(id, fields, tools);
  const limits = setLimits(memberOwner(id, user.id), noLimits, tools);
  return changeTeam(id, actor, [leaveTeams(user, new Set([id])), ...limits], tools);
}

const noLimits: LimitFields = { max_budget: null, soft_budget: null, tpm_limit: null, rpm_limit: null };

function memberNamed(team: string, named: Pick<Member, 'user_id' | 'user_email'>, tools: LiteLlmTools) {
  teamNamed(team, tools);
  const user = knownUser(named, tools);
  if (user.teams.includes(team)) return user;
  throw new LiteLlmFailure(404, `User=${user.id} is not a member of team=${team}.`, 'user_id');
}

/** A member's own limits in a team. */
export function describeMembership(team: string, user: string, { limits, clock }: LiteLlmTools) {
  const { max_budget, budget_duration, tpm_limit, rpm_limit } = describeLimits(
    limits.slotsOf(memberOwner(team, user)),
    clock.now(),
  );
  return {
    team_id: team,
    user_id: user,
    budget_id: null,
    litellm_budget_table: { max_budget, budget_duration, tpm_limit, rpm_limit },
  };
}
