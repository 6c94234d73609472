import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import type { FileResource, KnownResource } from '../identity/resources.ts';
import { type Checks, checkResource, type Neighbours } from './check-resource.ts';
import { checkRuleOrder } from './check-rule-order.ts';
import type { Finding, Path } from './problem.ts';

/** The document's resources, each kind in the order of its list. */
export type ResourceLists = Readonly<Record<ResourceKind, readonly FileResource[]>>;

type Tell = (finding: Finding) => void;

/** What schemas cannot see: ids and names that stand twice, and names of what is not there. */
export function checkResources(lists: ResourceLists, checks: Checks, tell: Tell): void {
  const neighbours = neighboursIn(lists, checks);
  for (const [kind, list] of Object.entries(lists)) {
    const taken = new Map<string, string>();
    for (const [index, { resource }] of list.entries()) {
      checkNames(resource, [kind, index], taken, tell);
      checkResource(resource, neighbours, (finding) => tell({ ...finding, path: [kind, index, ...finding.path] }));
    }
  }
  checkRuleOrder(lists.rules, (finding) => tell({ ...finding, path: ['rules', ...finding.path] }));
}

function neighboursIn(lists: ResourceLists, checks: Checks): Neighbours {
  const ids = new Map<string, Set<string>>();
  const teams = new Map<string, ResourceOf<'teams'>>();
  const users = new Map<string, ResourceOf<'users'>>();
  const organizations = new Map<string, ResourceOf<'organizations'>>();
  for (const [kind, list] of Object.entries(lists))
    ids.set(kind, new Set(list.map(({ resource }) => resource.body.id)));
  for (const { resource } of lists.teams) if (resource.kind === 'teams') teams.set(resource.body.id, resource.body);
  for (const { resource } of lists.users) if (resource.kind === 'users') users.set(resource.body.id, resource.body);
  for (const { resource } of lists.organizations)
    if (resource.kind === 'organizations') organizations.set(resource.body.id, resource.body);
  return {
    has: (kind, id) => ids.get(kind)?.has(id) === true,
    team: (id) => teams.get(id),
    user: (id) => users.get(id),
    organization: (id) => organizations.get(id),
    ids: (kind) => ids.get(kind) ?? [],
    ...checks,
  };
}

/** People mean one thing by a name, whether it is an id or a name. */
function checkNames({ kind, body }: KnownResource, path: Path, taken: Map<string, string>, tell: Tell): void {
  const names = { id: body.id, ...(body.name === undefined || body.name === body.id ? {} : { name: body.name }) };
  for (const [field, name] of Object.entries(names)) {
    const other = taken.get(name);
    // The id of a key may be its name.
    const at = field === 'id' && body.name === body.id ? 'name' : field;
    if (other !== undefined)
      tell({ path: [...path, at], message: `another ${nounOf(kind)} is called \`${name}\` too` });
    taken.set(name, body.id);
  }
}

/** `rate limit` for `rate_limits`. */
export function nounOf(kind: ResourceKind): string {
  return kind.replace('_', ' ').replace(/s$/, '');
}
