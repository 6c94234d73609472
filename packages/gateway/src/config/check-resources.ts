import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import { type Reference, referencesOf } from '@turnpike/contract/resources/references';
import type { FileResource, KnownResource } from '../identity/resources.ts';
import { nearestName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

/** The document's resources, each kind in the order of its list. */
export type ResourceLists = Readonly<Record<ResourceKind, readonly FileResource[]>>;

type Tell = (finding: Finding) => void;

/** What schemas cannot see: ids and names that stand twice, and names of what is not there. */
export function checkResources(lists: ResourceLists, tell: Tell): void {
  const byId = indexOf(lists);
  for (const [kind, list] of Object.entries(lists)) {
    const taken = new Map<string, string>();
    for (const [index, { resource }] of list.entries()) {
      const path = [kind, index];
      checkNames(resource, path, taken, tell);
      checkReferences(resource, path, byId, tell);
      checkOwners(resource, path, byId, tell);
      if (resource.kind === 'token_issuers') checkIssuer(resource.body, path, byId, tell);
    }
  }
}

type Index = ReadonlyMap<string, KnownResource>;

function indexOf(lists: ResourceLists): Index {
  const all = Object.values(lists).flat();
  return new Map(all.map(({ resource }) => [placeOf(resource.kind, resource.body.id), resource]));
}

function placeOf(kind: ResourceKind, id: string): string {
  return `${kind}/${id}`;
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
function nounOf(kind: ResourceKind): string {
  return kind.replace('_', ' ').replace(/s$/, '');
}

function checkReferences(resource: KnownResource, path: Path, byId: Index, tell: Tell): void {
  for (const reference of referencesOf(resource.kind, resource.body)) {
    checkKnown(reference, [...path, ...reference.path], byId, tell);
  }
}

function checkKnown({ kind, id }: Pick<Reference, 'kind' | 'id'>, path: Path, byId: Index, tell: Tell): void {
  if (byId.has(placeOf(kind, id))) return;
  const known = [...byId.values()].flatMap(({ kind: each, body }) => (each === kind ? [body.id] : []));
  const near = nearestName(id, known);
  const hint = near === undefined ? `there is no \`${id}\` in \`${kind}\`` : `did you mean \`${near}\`?`;
  tell({ path, message: `names \`${id}\`, which is not in \`${kind}\``, ...(near === undefined ? {} : { hint }) });
}

/** A key counts for one team and one organization. */
function checkOwners({ kind, body }: KnownResource, path: Path, byId: Index, tell: Tell): void {
  if (kind !== 'virtual_keys' || body.team === undefined) return;
  const team = byId.get(placeOf('teams', body.team));
  if (team?.kind !== 'teams') return;
  if (body.organization !== undefined && team.body.organization !== body.organization) {
    tell({ path: [...path, 'organization'], message: `is not the organization of the team \`${body.team}\`` });
  }
  const user = body.user === undefined ? undefined : byId.get(placeOf('users', body.user));
  if (user?.kind === 'users' && user.body.teams.length > 0 && !user.body.teams.includes(body.team)) {
    tell({
      path: [...path, 'team'],
      message: `is not a team of the user \`${user.body.id}\``,
      severity: 'warning',
    });
  }
}

function checkIssuer(issuer: ResourceOf<'token_issuers'>, path: Path, byId: Index, tell: Tell): void {
  for (const field of ['issuer', 'jwks_uri'] as const) {
    if (!isUnsafe(issuer[field])) continue;
    const message = 'is not https, so whoever is between can forge its tokens';
    tell({ path: [...path, field], message, severity: 'warning' });
  }
  for (const [index, rule] of issuer.rules.entries()) {
    const at = (field: string): Path => [...path, 'rules', index, field];
    if (isPlain(rule.team)) checkKnown({ kind: 'teams', id: rule.team }, at('team'), byId, tell);
    if (isPlain(rule.organization))
      checkKnown({ kind: 'organizations', id: rule.organization }, at('organization'), byId, tell);
  }
}

/** A template without claims is the id itself. */
function isPlain(template: string | undefined): template is string {
  return template !== undefined && !template.includes('{');
}

/** Plain http anywhere else than on this machine. */
function isUnsafe(address: string | undefined): boolean {
  if (address === undefined) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
