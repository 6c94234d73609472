import type { ResourceKind } from './kinds.ts';

/** A resource that another one names. */
export interface Reference {
  readonly kind: ResourceKind;
  readonly id: string;
  /** Where it stands in the one that names it. */
  readonly path: readonly (string | number)[];
}

/** The fields that name resources, and of which kind. They mean the same wherever they stand. */
const fields: Readonly<Record<string, ResourceKind>> = {
  organization: 'organizations',
  team: 'teams',
  user: 'users',
  key: 'virtual_keys',
};

/** Every resource that one names, so that none is left pointing at nothing. What the rules of token issuers name is made from claims, so it is not among them. */
export function* referencesOf(kind: ResourceKind, body: object): Generator<Reference> {
  if (kind === 'token_issuers') return;
  yield* named(body, []);
  if ('scope' in body && typeof body.scope === 'object' && body.scope !== null) yield* named(body.scope, ['scope']);
  if (!('teams' in body) || !Array.isArray(body.teams)) return;
  for (const [index, id] of body.teams.entries()) {
    if (typeof id === 'string') yield { kind: 'teams', id, path: ['teams', index] };
  }
}

function* named(body: object, path: readonly string[]): Generator<Reference> {
  for (const [field, value] of Object.entries(body)) {
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (kind !== undefined && typeof value === 'string') yield { kind, id: value, path: [...path, field] };
  }
}
