import type { z } from 'zod';
import { budget } from './budget.ts';
import { deploymentState } from './deployment-state.ts';
import { organization } from './organization.ts';
import { priceOverride } from './price-override.ts';
import { rateLimit } from './rate-limit.ts';
import { rule } from './rule.ts';
import { team } from './team.ts';
import { tokenIssuer } from './token-issuer.ts';
import { user } from './user.ts';
import { virtualKey } from './virtual-key.ts';

/**
 * Everything that operators manage, by the name under which it stands in the configuration document and in the store. In addresses of the admin API `_` becomes `-`.
 * A new kind is a file beside these and a line here.
 */
export const resourceKinds = {
  organizations: organization,
  teams: team,
  users: user,
  virtual_keys: virtualKey,
  budgets: budget,
  rate_limits: rateLimit,
  token_issuers: tokenIssuer,
  prices: priceOverride,
  deployment_states: deploymentState,
  rules: rule,
} as const satisfies Record<string, z.ZodType<{ readonly id: string }>>;

export type ResourceKind = keyof typeof resourceKinds;

/** A resource of a kind, checked and with its defaults filled in. */
export type ResourceOf<Kind extends ResourceKind> = z.output<(typeof resourceKinds)[Kind]>;
