import { randomInt } from 'node:crypto';
import type { ResourceKind } from '@turnpike/contract/resources/kinds';

/** What ids that are made here begin with. */
const prefixes: Readonly<Record<ResourceKind, string>> = {
  organizations: 'org_',
  teams: 'team_',
  users: 'user_',
  virtual_keys: 'key_',
  budgets: 'budget_',
  rate_limits: 'limit_',
  token_issuers: 'issuer_',
  prices: 'price_',
  deployment_states: 'state_',
  rules: 'rule_',
};

const letters = '0123456789abcdefghijklmnopqrstuvwxyz';

/** An id for a resource: `key_` and twelve letters or digits (62 bits), short enough for a table. */
export function newResourceId(kind: ResourceKind): string {
  return prefixes[kind] + Array.from({ length: 12 }, () => letters.charAt(randomInt(letters.length))).join('');
}
