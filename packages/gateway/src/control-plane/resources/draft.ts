import { type ResourceKind, resourceKinds, type ResourceOf } from '@turnpike/contract/resources/kinds';
import type { Checks, Neighbours } from '../../config/check-resource.ts';
import type { Inside, Path } from '../../config/problem.ts';
import type { Directory } from '../../identity/directory.ts';
import type { KeyDigest, KnownResource } from '../../identity/resources.ts';
import type { RefusalCode } from '../refused.ts';

/** A resource as it is to be. */
export interface DraftPut {
  readonly resource: KnownResource;
  readonly at: Path;
  /** Of a virtual key: all values that open it from now on. */
  readonly digests?: readonly KeyDigest[];
  /** Of a virtual key: it gets a new value. */
  readonly rotates?: boolean;
  /** The new value, where it was made here. */
  readonly value?: string;
  /** Changed because something else goes, not because anybody asked. */
  readonly along?: boolean;
}

/** A resource that is to go. */
export interface DraftDelete {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly at: Path;
  readonly cascade: boolean;
}

export interface Complaint {
  readonly code: RefusalCode;
  readonly at: Path;
  readonly message: string;
  /** The fault is somewhere inside the value. */
  readonly inside?: Inside;
}

/** Changes before they are made, over what there is: everything is checked against how it is to be. */
export interface Draft extends Neighbours {
  readonly puts: ReadonlyMap<string, DraftPut>;
  readonly deletes: ReadonlyMap<string, DraftDelete>;
  readonly complaints: readonly Complaint[];
  put(put: DraftPut): void;
  delete(gone: DraftDelete): void;
  complain(complaint: Complaint): void;
  /** Everything of a kind as it is to be. */
  list(kind: ResourceKind): Iterable<KnownResource>;
  /** Another resource than this one that is to have this name. */
  namesake(kind: ResourceKind, name: string, self: string): string | undefined;
}

export const kindsOfResources = Object.keys(resourceKinds).filter(
  (kind): kind is ResourceKind => kind in resourceKinds,
);

export const placeOf = (kind: ResourceKind, id: string) => `${kind}/${id}`;

export function createDraft(directory: Directory, checks: Checks): Draft {
  const puts = new Map<string, DraftPut>();
  const deletes = new Map<string, DraftDelete>();
  const complaints: Complaint[] = [];
  const names = new Map<string, string>();

  function* list(kind: ResourceKind): Generator<KnownResource> {
    for (const known of knownOf(directory, kind)) {
      const place = placeOf(kind, known.body.id);
      if (!deletes.has(place) && !puts.has(place)) yield known;
    }
    for (const { resource } of puts.values()) if (resource.kind === kind) yield resource;
  }

  const draft: Draft = {
    puts,
    deletes,
    complaints,
    put(put) {
      const { kind, body } = put.resource;
      puts.set(placeOf(kind, body.id), put);
      if (body.name === undefined) return;
      const name = placeOf(kind, body.name);
      if (!names.has(name)) names.set(name, body.id);
    },
    delete(gone) {
      const place = placeOf(gone.kind, gone.id);
      puts.delete(place);
      deletes.set(place, gone);
    },
    complain: (complaint) => void complaints.push(complaint),
    list,
    has(kind, id) {
      const place = placeOf(kind, id);
      return puts.has(place) || (!deletes.has(place) && directory.get(kind, id) !== undefined);
    },
    team(id) {
      const put = puts.get(placeOf('teams', id))?.resource;
      return put?.kind === 'teams' ? put.body : directory.get('teams', id);
    },
    user(id) {
      const put = puts.get(placeOf('users', id))?.resource;
      return put?.kind === 'users' ? put.body : directory.get('users', id);
    },
    organization(id) {
      const put = puts.get(placeOf('organizations', id))?.resource;
      return put?.kind === 'organizations' ? put.body : directory.get('organizations', id);
    },
    *ids(kind) {
      for (const { body } of list(kind)) yield body.id;
    },
    ...checks,
    namesake(kind, name, self) {
      const wanted = names.get(placeOf(kind, name));
      if (wanted !== undefined && wanted !== self) return wanted;
      const id = directory.idOf(kind, name);
      if (id === undefined || id === self) return undefined;
      const place = placeOf(kind, id);
      return puts.has(place) || deletes.has(place) ? undefined : id;
    },
  };
  return draft;
}

type Listers = { readonly [Kind in ResourceKind]: (body: ResourceOf<Kind>) => KnownResource };

const known: Listers = {
  organizations: (body) => ({ kind: 'organizations', body }),
  teams: (body) => ({ kind: 'teams', body }),
  users: (body) => ({ kind: 'users', body }),
  virtual_keys: (body) => ({ kind: 'virtual_keys', body }),
  budgets: (body) => ({ kind: 'budgets', body }),
  rate_limits: (body) => ({ kind: 'rate_limits', body }),
  token_issuers: (body) => ({ kind: 'token_issuers', body }),
  prices: (body) => ({ kind: 'prices', body }),
  deployment_states: (body) => ({ kind: 'deployment_states', body }),
  rules: (body) => ({ kind: 'rules', body }),
};

/** The directory's resources of a kind, each with its kind. */
function* knownOf(directory: Directory, kind: ResourceKind): Generator<KnownResource> {
  for (const body of directory.list(kind)) yield withKind(kind, body);
}

function withKind<Kind extends ResourceKind>(kind: Kind, body: ResourceOf<Kind>): KnownResource {
  return known[kind](body);
}
