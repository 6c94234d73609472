import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Directory } from '../../identity/directory.ts';
import type { Change } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { LiteLlmFailure } from './failure.ts';
import { grantPatch, keptOf } from './grants.ts';
import { text } from './read-request.ts';
import type { LiteLlmTools } from './route.ts';

type User = ResourceOf<'users'>;

/** Somebody who is put into a team. */
export const member = z.object({ user_id: text, user_email: text, role: text });

export type Member = z.output<typeof member>;

/** The members of each team. */
export function membersByTeam({ list }: Pick<Directory, 'list'>): ReadonlyMap<string, readonly User[]> {
  const members = new Map<string, User[]>();
  for (const user of list('users')) {
    for (const team of user.teams) members.set(team, [...(members.get(team) ?? []), user]);
  }
  return members;
}

/** What a member is in a team. LiteLLM's word is kept, but means nothing here: who may manage a team is the admin API's matter. */
export function roleIn(user: User, team: string): string {
  const roles = keptOf(user)['team_roles'];
  const role = isJsonObject(roles) ? roles[team] : undefined;
  return typeof role === 'string' ? role : 'user';
}

/** What has to be done so that these are in a team, by user. Whom nobody knows is made. */
export function joinTeam(team: string, members: readonly Member[], tools: LiteLlmTools): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const each of members) {
    const { id, before } = userOf(each, tools);
    const role = each.role ?? 'user';
    if (role !== 'user' && role !== 'admin') throw new LiteLlmFailure(400, "`role` must be 'admin' or 'user'.", 'role');
    const kept = grantPatch({}, { team_roles: { ...rolesOf(before), [team]: role } }, before);
    const teams = [...(before?.teams ?? []).filter((other) => other !== team), team];
    const email = before || !each.user_email ? {} : { email: each.user_email };
    const body = { ...kept, ...email, teams };
    changes.set(
      id,
      before
        ? { op: 'patch', kind: 'users', id, patch: body }
        : { op: 'put', kind: 'users', body: { ...body, id }, ifMatch: 'absent' },
    );
  }
  return changes;
}

/** What has to be done so that a user is no longer in these teams. */
export function leaveTeams(user: User, teams: ReadonlySet<string>, more: JsonObject = {}): Change {
  const roles = Object.entries(rolesOf(user)).filter(([team]) => !teams.has(team));
  const kept = grantPatch({}, { team_roles: roles.length === 0 ? null : Object.fromEntries(roles) }, user);
  const left = user.teams.filter((team) => !teams.has(team));
  return { op: 'patch', kind: 'users', id: user.id, patch: { ...kept, teams: left, ...more } };
}

function rolesOf(user: User | undefined): JsonObject {
  const roles = keptOf(user)['team_roles'];
  return isJsonObject(roles) ? roles : {};
}

/** Whom a member's id or address of mail means. */
export function userOf(
  { user_id: id, user_email: email }: Pick<Member, 'user_id' | 'user_email'>,
  { directory }: LiteLlmTools,
): { readonly id: string; readonly before: User | undefined } {
  if (id) return { id, before: directory.get('users', id) };
  if (!email) throw new LiteLlmFailure(400, 'Either user id or user email must be provided.', 'user_id');
  const before = [...directory.list('users')].find((user) => user.email === email);
  return { id: before?.id ?? newResourceId('users'), before };
}

/** The same, of somebody who must be known. */
export function knownUser(named: Pick<Member, 'user_id' | 'user_email'>, tools: LiteLlmTools): User {
  const { before } = userOf(named, tools);
  if (before) return before;
  throw new LiteLlmFailure(404, `User not found: ${named.user_id ?? named.user_email}`, 'user_id');
}
