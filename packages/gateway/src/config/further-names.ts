import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { starOf, starPatterns } from '../core/star-pattern.ts';
import type { OverlayNames } from '../identity/overlay.ts';
import type { KnownResource } from '../identity/resources.ts';

/** Whom a resource may belong to. */
export interface Owners {
  team(id: string): ResourceOf<'teams'> | undefined;
  user(id: string): ResourceOf<'users'> | undefined;
  organization(id: string): ResourceOf<'organizations'> | undefined;
}

/** Names of one's own without those that lead to a name of a level further out, where they are looked up next. */
export function withoutFurther(names: OverlayNames, resource: KnownResource, owners: Owners): OverlayNames {
  const further = furtherNames(resource, owners);
  if (further.length === 0) return names;
  const isFurther = (name: string) => further.some((level) => hasName(level, name));
  return Object.fromEntries(
    Object.entries(names).filter(([, meaning]) => typeof meaning !== 'string' || !isFurther(meaning)),
  );
}

function hasName(names: OverlayNames, name: string): boolean {
  if (Object.hasOwn(names, name)) return true;
  return starPatterns(Object.entries(names)).some((pattern) => starOf(pattern, name) !== undefined);
}

function furtherNames(resource: KnownResource, owners: Owners): readonly OverlayNames[] {
  const user = resource.kind === 'virtual_keys' && resource.body.user ? owners.user(resource.body.user) : undefined;
  const teams = teamsOf(resource, user).flatMap((id) => owners.team(id) ?? []);
  const organizations = [organizationOf(resource), user?.organization, ...teams.map((team) => team.organization)];
  const outermost = [...new Set(organizations)].flatMap((id) => (id && owners.organization(id)) || []);
  return [...(user ? [user] : []), ...teams, ...outermost].map((level) => level.model_aliases);
}

/** The teams that a key or a user may count for. */
function teamsOf({ kind, body }: KnownResource, user: ResourceOf<'users'> | undefined): readonly string[] {
  if (kind === 'users') return body.teams;
  if (kind !== 'virtual_keys') return [];
  return body.team === undefined ? (user?.teams ?? []) : [body.team];
}

function organizationOf({ kind, body }: KnownResource): string | undefined {
  return kind === 'virtual_keys' || kind === 'users' || kind === 'teams' ? body.organization : undefined;
}
