import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import type { KeyDigest, KnownResource, ResourceChange } from './resources.ts';

/** A key that was found by one of its values. */
export interface KeyMatch {
  readonly key: ResourceOf<'virtual_keys'>;
  /** When this value stops working. */
  readonly until?: number;
}

type Tables = { readonly [Kind in ResourceKind]: Map<string, ResourceOf<Kind>> };

/** Resources of one origin, by kind and id, and keys by digest. */
export interface ResourceTable {
  readonly of: Tables;
  /** The key of a digest. */
  find(digest: string): KeyMatch | undefined;
  /** The id of the resource that people call so. */
  idOf(kind: ResourceKind, name: string): string | undefined;
  put(resource: KnownResource): void;
  remove(kind: ResourceKind, id: string): void;
}

/** A table in memory. It takes resources over: they are frozen, and what many have alike is kept once. */
export function createResourceTable(resources: Iterable<KnownResource> = []): ResourceTable {
  const of = emptyTables();
  const byDigest = new Map<string, KeyMatch>();
  const digestsByKey = new Map<string, readonly KeyDigest[]>();
  const idsByName = new Map<ResourceKind, Map<string, string>>();

  /** A map from which much is taken and put back is built anew ever so often, so what stays is left in it. */
  function forget(id: string, staying: readonly KeyDigest[]): void {
    for (const { digest } of digestsByKey.get(id) ?? []) {
      if (!staying.some((each) => each.digest === digest)) byDigest.delete(digest);
    }
  }

  function putKey(key: ResourceOf<'virtual_keys'>, given: readonly KeyDigest[] | undefined): void {
    const digests = given ?? digestsByKey.get(key.id) ?? [];
    forget(key.id, digests);
    digestsByKey.set(key.id, digests);
    for (const { digest, until } of digests) byDigest.set(digest, until === undefined ? { key } : { key, until });
  }

  function rename(kind: ResourceKind, id: string, name: string | undefined): void {
    const before = of[kind].get(id)?.name;
    if (before === name) return;
    let ids = idsByName.get(kind);
    if (!ids) idsByName.set(kind, (ids = new Map()));
    if (before !== undefined && ids.get(before) === id) ids.delete(before);
    if (name !== undefined) ids.set(name, id);
  }

  const table: ResourceTable = {
    of,
    find: (digest) => byDigest.get(digest),
    idOf: (kind, name) => idsByName.get(kind)?.get(name),
    put(resource) {
      rename(resource.kind, resource.body.id, resource.body.name);
      store(of, resource);
      if (resource.kind === 'virtual_keys') putKey(resource.body, resource.digests);
    },
    remove(kind, id) {
      rename(kind, id, undefined);
      of[kind].delete(id);
      if (kind !== 'virtual_keys') return;
      forget(id, []);
      digestsByKey.delete(id);
    },
  };
  for (const resource of resources) table.put(resource);
  return table;
}

/** Makes a change in a table. */
export function applyChange(table: ResourceTable, change: ResourceChange): void {
  if (change.change === 'put') table.put(change.resource);
  else table.remove(change.kind, change.id);
}

function store<Kind extends ResourceKind>(tables: Tables, resource: KnownResource<Kind>): void {
  const { kind, body }: { kind: Kind; body: ResourceOf<Kind> } = resource;
  tables[kind].set(body.id, takeOver(body));
}

function emptyTables(): Tables {
  return {
    organizations: new Map(),
    teams: new Map(),
    users: new Map(),
    virtual_keys: new Map(),
    budgets: new Map(),
    rate_limits: new Map(),
    token_issuers: new Map(),
    prices: new Map(),
    deployment_states: new Map(),
    rules: new Map(),
  };
}

const nothing = Object.freeze([]);
const everything = Object.freeze(['*']);
const noFacts = Object.freeze({});

/** A hundred thousand keys have the same empty lists: each is kept once. */
function takeOver<Body extends object>(body: Body): Body {
  for (const field of Object.keys(body)) {
    const value: unknown = Reflect.get(body, field);
    if (typeof value !== 'object') continue;
    const common = commonValue(value);
    if (common) Reflect.set(body, field, common);
    else freezeDeeply(value);
  }
  return Object.freeze(body);
}

function commonValue(value: unknown): object | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0) return nothing;
    return value.length === 1 && value[0] === '*' ? everything : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.keys(value).length === 0 ? noFacts : undefined;
}

function freezeDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  for (const inner of Object.values(value)) freezeDeeply(inner);
  Object.freeze(value);
}
