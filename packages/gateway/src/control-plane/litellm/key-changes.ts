import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import type { Change, KeyValue, Patch } from '../resources/change.ts';
import { momentAfter } from './durations.ts';
import { LiteLlmFailure } from './failure.ts';
import type { KeyFields, LimitFields } from './fields.ts';
import { isHash } from './find-key.ts';
import { grantPatch, withSharedBudget } from './grants.ts';
import { setLimits } from './set-limits.ts';
import { keyOwner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';

type Key = ResourceOf<'virtual_keys'>;

/** A key that is made or changed. */
interface KeyChange {
  readonly id: string;
  /** Absent: it is made. */
  readonly before?: Key;
  readonly fields: KeyFields & LimitFields;
}

/** The fields of a key as ours: of a new one, or a merge patch. */
function keyBody({ before, fields }: KeyChange, tools: LiteLlmTools): JsonObject {
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

/** A virtual key that is to be made. */
export interface WantedKey {
  readonly fields: KeyFields;
  /** A value of one's own. */
  readonly value?: string | null | undefined;
  readonly service?: true;
}

/** What has to be done for a new key and its limits. */
export function keyCreation(id: string, { fields, value, service }: WantedKey, tools: LiteLlmTools): readonly Change[] {
  checkOwners(fields, tools);
  const body = { ...keyBody({ id, fields }, tools), id, ...(service && { service }) };
  return [
    { op: 'put', kind: 'virtual_keys', ifMatch: 'absent', body, value: valueOf(value, 'key') },
    ...setLimits(keyOwner(id), fields, tools),
  ];
}

/** What has to be done so that a key changes, and perhaps gets a new value. */
export function keyUpdate(
  before: Key,
  fields: KeyChange['fields'],
  tools: LiteLlmTools,
  value: Partial<Patch> = {},
): readonly Change[] {
  checkOwners(fields, tools);
  const patch = keyBody({ id: before.id, before, fields }, tools);
  return [
    { op: 'patch', kind: 'virtual_keys', id: before.id, patch, ...value },
    ...newUser(fields.user_id, tools),
    ...setLimits(keyOwner(before.id), fields, tools),
  ];
}

/** What a key's value is to be. A SHA-256 is that of a key that a LiteLLM has: it goes on working here. */
export function valueOf(wanted: string | null | undefined, field: string): KeyValue {
  if (!wanted) return 'generate';
  if (wanted.startsWith('sk-')) return { value: wanted };
  if (isHash(wanted)) return { sha256: wanted };
  throw new LiteLlmFailure(400, `Invalid key format. LiteLLM Virtual Key must start with 'sk-'.`, field);
}

/** LiteLLM makes users of whom keys are made for. */
export function newUser(user: string | null | undefined, { directory }: LiteLlmTools): readonly Change[] {
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
