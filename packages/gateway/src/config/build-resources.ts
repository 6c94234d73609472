import type { ConfigDocument } from '@turnpike/contract/config';
import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import type { FileResource } from '../identity/resources.ts';
import { buildVirtualKeys } from './build-virtual-keys.ts';
import type { Checks } from './check-resource.ts';
import { checkResources } from './check-resources.ts';
import type { Finding } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';

interface ResourceInput {
  readonly document: ConfigDocument;
  readonly secrets: Secrets;
  readonly nowMs: number;
}

/** Who and what the document names: keys, teams, budgets and so on, each by its place in its list. */
export function buildResources(
  { document, secrets, nowMs }: ResourceInput,
  checks: Checks,
  tell: (finding: Finding) => void,
): readonly FileResource[] {
  const keys = buildVirtualKeys(document.virtual_keys, secrets, nowMs, tell);
  const others = {
    organizations: listed(document.organizations, (body) => ({ resource: { kind: 'organizations', body } })),
    teams: listed(document.teams, (body) => ({ resource: { kind: 'teams', body } })),
    users: listed(document.users, (body) => ({ resource: { kind: 'users', body } })),
    token_issuers: listed(document.token_issuers, (body) => ({ resource: { kind: 'token_issuers', body } })),
    budgets: listed(document.budgets, (body) => ({ resource: { kind: 'budgets', body } })),
    rate_limits: listed(document.rate_limits, (body) => ({ resource: { kind: 'rate_limits', body } })),
    prices: listed(document.prices, (body) => ({ resource: { kind: 'prices', body } })),
    rules: listed(document.rules, (entry) => ({
      resource: { kind: 'rules', body: { ...entry, id: entry.id ?? entry.name ?? '' } },
    })),
    deployment_states: listed(document.deployment_states, (body) => ({
      resource: { kind: 'deployment_states', body },
    })),
  } satisfies Record<Exclude<ResourceKind, 'virtual_keys'>, readonly FileResource[]>;
  const resources = { ...others, virtual_keys: keys };
  checkResources(resources, checks, tell);
  return Object.values(resources).flat();
}

function listed<Body>(bodies: readonly Body[], make: (body: Body) => FileResource): readonly FileResource[] {
  return bodies.map(make);
}
