import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import type { Actor, Change } from '../resources/change.ts';
import { describeLimits } from './describe-limits.ts';
import { LiteLlmFailure } from './failure.ts';
import { describeGrant, plainAliases } from './grants.ts';
import { membersByTeam, roleIn } from './members.ts';
import { membersOwner, teamOwner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';
import { factsOf, type RowFacts } from './rows.ts';
import { spendOf } from './spending.ts';

type Team = ResourceOf<'teams'>;

/** Teams in LiteLLM's fields. */
export async function describeTeams(teams: readonly Team[], tools: LiteLlmTools): Promise<readonly JsonObject[]> {
  const members = membersByTeam(tools.directory);
  const facts = await factsOf(
    'teams',
    teams.map(({ id }) => id),
    tools,
  );
  return Promise.all(
    teams.map((team) => describe(team, { facts: facts(team.id), members: members.get(team.id) ?? [] }, tools)),
  );
}

interface Around {
  readonly facts: RowFacts;
  readonly members: readonly ResourceOf<'users'>[];
}

async function describe(team: Team, { facts, members }: Around, tools: LiteLlmTools): Promise<JsonObject> {
  const nowMs = tools.clock.now();
  const slots = tools.limits.slotsOf(teamOwner(team.id));
  const ofMembers = tools.limits.slotsOf(membersOwner(team.id));
  const each = describeLimits(ofMembers, nowMs);
  const payer = { team: team.id, tags: team.tags };
  return {
    ...describeGrant(team),
    ...describeLimits(slots, nowMs),
    team_id: team.id,
    team_alias: team.name ?? null,
    model_aliases: plainAliases(team),
    organization_id: team.organization ?? null,
    admins: [],
    members: [],
    members_with_roles: members.map((user) => ({
      user_id: user.id,
      user_email: user.email ?? null,
      role: roleIn(user, team.id),
    })),
    team_member_budget: each['max_budget'] ?? null,
    team_member_budget_duration: each['budget_duration'] ?? null,
    team_member_tpm_limit: each['tpm_limit'] ?? null,
    team_member_rpm_limit: each['rpm_limit'] ?? null,
    spend: await spendOf({ payer, budget: slots.budget, records: { team: team.id } }, tools),
    created_at: facts.created_at,
    updated_at: facts.updated_at,
  };
}

/** The team of an id. Throws where there is none. */
export function teamNamed(id: string, { directory }: LiteLlmTools): Team {
  const team = directory.get('teams', id);
  if (team) return team;
  throw new LiteLlmFailure(404, `Team not found, passed team id: ${id}.`, 'team_id');
}

/** Makes changes and answers the team as it is then. */
export async function changeTeam(
  id: string,
  actor: Actor,
  changes: readonly Change[],
  tools: LiteLlmTools,
): Promise<JsonObject> {
  await tools.resources.change(actor, changes);
  const [described = {}] = await describeTeams([teamNamed(id, tools)], tools);
  return described;
}
