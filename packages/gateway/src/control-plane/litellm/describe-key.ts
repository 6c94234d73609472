import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import { describeLimits, hasLimits } from './describe-limits.ts';
import { describeGrant } from './grants.ts';
import { keyOwner, sharedBudgetOf, sharedBudgetOwner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';
import type { RowFacts } from './rows.ts';
import { payerOf, spendOf } from './spending.ts';

/** A virtual key in LiteLLM's fields, without what only its owner may see. */
export async function describeKey(
  key: ResourceOf<'virtual_keys'>,
  facts: RowFacts,
  tools: LiteLlmTools,
): Promise<JsonObject> {
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
    aliases: {},
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
