import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Actor, Change } from '../resources/change.ts';
import { newResourceId } from '../resources/new-resource-id.ts';
import { describeLimits, hasLimits } from './describe-limits.ts';
import { LiteLlmFailure } from './failure.ts';
import { limitFields, type LimitFields } from './fields.ts';
import { withSharedBudget } from './grants.ts';
import { setLimits } from './set-limits.ts';
import { sharedBudgetOf, sharedBudgetOwner } from './owner.ts';
import { readFields, text } from './read-request.ts';
import { type Call, type LiteLlmRoute, type LiteLlmTools, required } from './route.ts';

const newFields = z.object({ ...limitFields, budget_id: text });
const updateFields = z.object({ ...limitFields, budget_id: z.string() });

/**
 * `/budget/*`: budgets that keys name by `budget_id`. One definition, and an account for each key that has it: limits of a tag that those keys carry,
 * counted apart for each key.
 */
export function budgetRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const write = { method: 'POST', permission: 'resources:write' } as const;
  const read = { permission: 'resources:read' } as const;
  return [
    { ...write, path: '/budget/new', handle: (call) => create(call, tools) },
    { ...write, path: '/budget/update', handle: (call) => update(call, tools) },
    { ...write, path: '/budget/delete', handle: (call) => remove(call, tools) },
    { ...read, method: 'POST', path: '/budget/info', handle: (call) => info(call, tools) },
    {
      ...read,
      method: 'GET',
      path: '/budget/list',
      handle: async () => tools.limits.sharedBudgets().map((id) => describe(id, tools)),
    },
    { ...read, method: 'GET', path: '/budget/settings', handle: ({ query }) => settings(query, tools) },
  ];
}

async function create({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { budget_id, ...fields } = readFields(newFields, body);
  const id = budget_id || newResourceId('budgets');
  if (isKnown(id, tools)) throw new LiteLlmFailure(400, `Budget already exists: budget_id=${id}.`, 'budget_id');
  const changes = setLimits(sharedBudgetOwner(id), fields, tools);
  if (changes.length === 0)
    throw new LiteLlmFailure(400, 'A budget needs a limit: `max_budget`, `tpm_limit`, `rpm_limit` …', 'max_budget');
  return change(id, actor, changes, tools);
}

async function update({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { budget_id: id, ...fields } = readFields(updateFields, body);
  checkKnown(id, tools);
  return change(id, actor, setLimits(sharedBudgetOwner(id), fields, tools), tools);
}

async function change(id: string, actor: Actor, changes: readonly Change[], tools: LiteLlmTools): Promise<JsonObject> {
  await tools.resources.change(actor, changes);
  return describe(id, tools);
}

const noLimits: LimitFields = {
  max_budget: null,
  soft_budget: null,
  budget_limits: null,
  model_max_budget: null,
  tpm_limit: null,
  rpm_limit: null,
  max_parallel_requests: null,
  model_tpm_limit: null,
  model_rpm_limit: null,
};

/** Keys that had it have it no more. */
async function remove({ actor, body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { id } = readFields(z.object({ id: z.string() }), body);
  checkKnown(id, tools);
  const gone = describe(id, tools);
  const keys = [...tools.directory.list('virtual_keys')].filter(({ tags }) => sharedBudgetOf(tags) === id);
  await tools.resources.change(actor, [
    ...keys.map((key): Change => {
      return { op: 'patch', kind: 'virtual_keys', id: key.id, patch: { tags: withSharedBudget(key.tags, null) } };
    }),
    ...setLimits(sharedBudgetOwner(id), noLimits, tools),
  ]);
  return gone;
}

async function info({ body }: Call, tools: LiteLlmTools): Promise<Json> {
  const { budgets } = readFields(z.object({ budgets: z.array(z.string()).min(1).max(500) }), body);
  return budgets.filter((id) => isKnown(id, tools)).map((id) => describe(id, tools));
}

/** The fields of a budget, as LiteLLM's dashboard asks for them. */
async function settings(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const id = required(query.get('budget_id'), 'budget_id');
  checkKnown(id, tools);
  const described = describe(id, tools);
  return settingsShown.map(([field_name, field_type, field_description]) => ({
    field_name,
    field_type,
    field_description,
    field_value: described[field_name] ?? null,
    stored_in_db: true,
    field_default_value: null,
  }));
}

const settingsShown = [
  ['max_budget', 'Float', 'Requests fail once so much is spent, in dollars.'],
  ['soft_budget', 'Float', 'An alert is raised once so much is spent, in dollars.'],
  ['budget_duration', 'String', 'How long until it starts anew: 1h, 1d, 7d, 30d, 1mo.'],
  ['max_parallel_requests', 'Integer', 'How many requests may run at a time.'],
  ['tpm_limit', 'Integer', 'Tokens in a minute.'],
  ['rpm_limit', 'Integer', 'Requests in a minute.'],
] as const;

function describe(id: string, { limits, clock }: LiteLlmTools): JsonObject {
  return { budget_id: id, ...describeLimits(limits.slotsOf(sharedBudgetOwner(id)), clock.now()) };
}

function checkKnown(id: string, tools: LiteLlmTools): void {
  if (!isKnown(id, tools)) throw new LiteLlmFailure(404, `Budget not found: budget_id=${id}.`, 'budget_id');
}

function isKnown(id: string, { limits }: LiteLlmTools): boolean {
  return hasLimits(limits.slotsOf(sharedBudgetOwner(id)));
}
