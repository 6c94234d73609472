import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import type { Change } from '../resources/change.ts';
import { momentAfter } from './durations.ts';
import { LiteLlmFailure } from './failure.ts';
import type { KeyFields, LimitFields } from './fields.ts';
import { grantPatch, withSharedBudget } from './grants.ts';
import { limitChanges } from './limit-changes.ts';
import { keyOwner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';

type Key = ResourceOf<'virtual_keys'>;

/** A key that is made or changed. */
export interface KeyChange {
  readonly id: string;
  /** Absent: it is made. */
  readonly before?: Key;
  readonly fields: KeyFields & LimitFields;
}

/** The fields of a key as ours: of a new one, or a merge patch. */
export function keyBody({ before, fields }: KeyChange, tools: LiteLlmTools): JsonObject {
  const { key_alias: alias, duration, user_id: user, team_id: team, organization_id: organization } = fields;
  const granted = grantPatch(fields, {}, before);
  const body = {
    ...granted,
    ...sharedBudgetPatch(granted['tags'], { before, fields }, tools),
    ...(alias === undefined ? {} : { name: alias || null }),
    ...(user === undefined ? {} : { user: user || null }),
    ...(team === undefined ? {} : { team: team || null }),
    ...(organization === undefined ? {} : { organization: organization || null }),
    ...(duration === undefined ? {} : { expires: expiresAfter(duration, tools.clock.now()) }),
  };
  return before ? body : withoutNulls(body);
}

/** `-1` and nothing mean never. */
function expiresAfter(duration: string | null, nowMs: number): string | null {
  if (duration === null || duration === '' || duration === '-1') return null;
  return new Date(momentAfter(duration, nowMs)).toISOString();
}

function sharedBudgetPatch(
  tags: JsonObject[string],
  { before, fields: { budget_id: budgetId } }: Pick<KeyChange, 'fields'> & { readonly before: Key | undefined },
  { limits }: LiteLlmTools,
): JsonObject {
  if (budgetId === undefined) return {};
  if (budgetId !== null && !limits.sharedBudgets().includes(budgetId))
    throw new LiteLlmFailure(404, `Budget not found: budget_id=${budgetId}`, 'budget_id');
  const others = Array.isArray(tags) ? tags.map(String) : (before?.tags ?? []);
  return { tags: withSharedBudget(others, budgetId) };
}

/** What has to be done for a key besides itself: its user, where nobody knows it yet, and its limits. */
export function changesAround({ id, fields }: KeyChange, tools: LiteLlmTools): readonly Change[] {
  checkOwners(fields, tools);
  const owner = keyOwner(id);
  const slots = tools.limits.slotsOf(owner);
  return [...newUser(fields.user_id, tools), ...limitChanges({ owner, slots, fields, nowMs: tools.clock.now() })];
}

/** LiteLLM makes users of whom keys are made for. */
function newUser(user: string | null | undefined, { directory }: LiteLlmTools): readonly Change[] {
  if (!user || directory.get('users', user)) return [];
  return [{ op: 'put', kind: 'users', body: { id: user }, ifMatch: 'absent' }];
}

function checkOwners({ team_id: team, organization_id: organization }: KeyFields, { directory }: LiteLlmTools): void {
  if (team && !directory.get('teams', team))
    throw new LiteLlmFailure(404, `Team doesn't exist in db. Team=${team}. Create it with /team/new.`, 'team_id');
  if (organization && !directory.get('organizations', organization))
    throw new LiteLlmFailure(
      404,
      `Organization doesn't exist in db. Organization=${organization}. Create it with /organization/new.`,
      'organization_id',
    );
}

export function withoutNulls(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
