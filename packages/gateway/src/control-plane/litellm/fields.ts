import { z } from 'zod';
import { bag, flag, number, text, texts } from './read-request.ts';

/** A budget in pydantic's habit: an empty text is none. */
const money = z
  .union([z.literal('').transform(() => null), number], { error: 'Input should be a valid number' })
  .nullish();
const count = number.nullish();

const modelBudget = z.union([
  number.transform((budget_limit) => ({ budget_limit, time_period: undefined })),
  z
    .object({
      budget_limit: number.optional(),
      max_budget: number.optional(),
      time_period: text,
      budget_duration: text,
    })
    .transform((each) => ({
      budget_limit: each.budget_limit ?? each.max_budget,
      time_period: each.time_period ?? each.budget_duration,
    })),
]);

/** Limits of whoever it may be. */
export const limitFields = {
  max_budget: money,
  soft_budget: money,
  budget_duration: text,
  budget_limits: z.array(z.object({ max_budget: number, budget_duration: text })).nullish(),
  model_max_budget: z.record(z.string(), modelBudget).nullish(),
  tpm_limit: count,
  rpm_limit: count,
  max_parallel_requests: count,
  model_tpm_limit: z.record(z.string(), number).nullish(),
  model_rpm_limit: z.record(z.string(), number).nullish(),
};

/** A budget that is larger for a while. */
export const temporaryFields = { temp_budget_increase: count, temp_budget_expiry: text };

export type LimitFields = Partial<z.output<z.ZodObject<typeof limitFields>>> &
  Partial<z.output<z.ZodObject<typeof temporaryFields>>>;

/** What its bearer may do, and what is kept with it. */
export const grantFields = {
  models: texts,
  tags: texts,
  /** Of keys and users. */
  aliases: z.record(z.string(), z.string()).nullish(),
  /** The same of teams. */
  model_aliases: z.record(z.string(), z.string()).nullish(),
  metadata: bag,
  blocked: flag,
  permissions: bag,
  config: bag,
  object_permission: z
    .strictObject({
      mcp_servers: texts,
      mcp_tool_permissions: z.record(z.string(), z.array(z.string())).nullish(),
    })
    .nullish(),
};

export type GrantFields = Partial<z.output<z.ZodObject<typeof grantFields>>>;

/** Everything that a key can have. */
export const keyFields = {
  ...limitFields,
  ...grantFields,
  key_alias: text,
  duration: text,
  user_id: text,
  team_id: text,
  organization_id: text,
  budget_id: text,
  rpm_limit_type: z.literal('best_effort_throughput').nullish(),
  tpm_limit_type: z.literal('best_effort_throughput').nullish(),
  key_type: z.enum(['default', 'llm_api']).nullish(),
};

export type KeyFields = Partial<z.output<z.ZodObject<typeof keyFields>>>;
