import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import { sha256Of } from '../../identity/key-hash.ts';
import type { Actor, Changed } from '../resources/change.ts';
import { isHash, keyNamed } from './find-key.ts';
import { describeLimits, hasLimits } from './describe-limits.ts';
import { describeGrant, plainAliases } from './grants.ts';
import { keyOwner, sharedBudgetOf, sharedBudgetOwner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';
import { factsOf, type RowFacts } from './rows.ts';
import { payerOf, spendOf } from './spending.ts';

/** A virtual key in LiteLLM's fields, without what only its owner may see. */
async function describeKey(key: ResourceOf<'virtual_keys'>, facts: RowFacts, tools: LiteLlmTools): Promise<JsonObject> {
  const nowMs = tools.clock.now();
  const slots = tools.limits.slotsOf(keyOwner(key.id));
  const budgetId = sharedBudgetOf(key.tags) ?? null;
  const shared = budgetId === null ? undefined : tools.limits.slotsOf(sharedBudgetOwner(budgetId));
  const spender = {
    payer: payerOf(key, tools),
    budget: slots.budget ?? shared?.budget,
    records: { key: key.id },
  };
  return {
    ...describeGrant(key),
    ...describeLimits(slots, nowMs),
    key_name: facts.key_name,
    key_alias: key.name ?? null,
    spend: await spendOf(spender, tools),
    expires: key.expires ?? null,
    aliases: plainAliases(key),
    user_id: key.user ?? null,
    team_id: key.team ?? null,
    organization_id: key.organization ?? null,
    budget_id: budgetId,
    litellm_budget_table:
      shared && hasLimits(shared) ? { budget_id: budgetId, ...describeLimits(shared, nowMs) } : null,
    created_at: facts.created_at,
    updated_at: facts.updated_at,
  };
}

/** Keys as lists tell of them. */
export async function describeKeys(
  keys: readonly ResourceOf<'virtual_keys'>[],
  tools: LiteLlmTools,
): Promise<readonly JsonObject[]> {
  const facts = await factsOf(
    'virtual_keys',
    keys.map(({ id }) => id),
    tools,
  );
  return Promise.all(keys.map(async (key) => ({ token: key.id, ...(await describeKey(key, facts(key.id), tools)) })));
}

/** A key that got a value. */
interface Made {
  readonly made: readonly Changed[];
  /** A value that the caller brought along. */
  readonly wanted: string | null | undefined;
  readonly actor: Actor;
}

/** The answer of what makes a value, the only one that shows it. */
export async function answerWithValue(
  id: string,
  { made, wanted, actor }: Made,
  tools: LiteLlmTools,
): Promise<JsonObject> {
  const given = wanted || made.find((each) => each.value !== undefined)?.value;
  const hash = given === undefined || isHash(given) ? given : sha256Of(given);
  const key = keyNamed(id, tools);
  const facts = (await factsOf('virtual_keys', [id], tools))(id);
  return {
    ...(await describeKey(key, facts, tools)),
    key: given === hash ? null : (given ?? null),
    token: hash ?? null,
    token_id: id,
    created_by: actor.name,
    updated_by: actor.name,
  };
}
