import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import { resourceKinds } from '@turnpike/contract/resources/kinds';
import { referencesOf } from '@turnpike/contract/resources/references';
import type { KnownResource, ResourceChange } from './resources.ts';
import { applyChange, createResourceTable, type KeyMatch } from './resource-table.ts';

/**
 * The one place in memory that knows who there is and what holds: the resources of the configuration document and those that operators made,
 * which lie in the store. Where both have an id, the document's holds. A change holds for the next request.
 */
export interface Directory {
  /** Counts up with every change. */
  version(): number;
  /** The version at which resources of this kind last changed. */
  versionOf(kind: ResourceKind): number;
  get<Kind extends ResourceKind>(kind: Kind, id: string): ResourceOf<Kind> | undefined;
  list<Kind extends ResourceKind>(kind: Kind): Iterable<ResourceOf<Kind>>;
  /** The id of the resource with this name. */
  idOf(kind: ResourceKind, name: string): string | undefined;
  /** The key that a value with this keyed hash opens. */
  findKey(digest: string): KeyMatch | undefined;
  /** Where a resource comes from. What the document made is read-only elsewhere. */
  originOf(kind: ResourceKind, id: string): 'file' | 'store' | undefined;
  /** What is wrong with what operators made, a sentence each. Looks at everything, so it is not for the road. */
  problems(): readonly string[];
  /** Takes over the document's resources, in place of those that it had. */
  replaceFile(resources: Iterable<KnownResource>): void;
  /** Takes over what the store has, in place of what is known of it. */
  replaceStored(resources: Iterable<KnownResource>): void;
  /** Takes over what changed in the store, all at once. */
  apply(changes: readonly ResourceChange[]): void;
}

/** A directory that knows nobody yet. */
export function createDirectory(): Directory {
  let file = createResourceTable();
  let stored = createResourceTable();
  let version = 0;
  const versions = new Map<ResourceKind, number>();

  function changed(kinds: Iterable<ResourceKind>): void {
    version += 1;
    for (const kind of kinds) versions.set(kind, version);
  }

  function get<Kind extends ResourceKind>(kind: Kind, id: string): ResourceOf<Kind> | undefined {
    return file.of[kind].get(id) ?? stored.of[kind].get(id);
  }

  function* list<Kind extends ResourceKind>(kind: Kind): Generator<ResourceOf<Kind>> {
    yield* file.of[kind].values();
    for (const body of stored.of[kind].values()) if (!file.of[kind].has(body.id)) yield body;
  }

  function findKey(digest: string): KeyMatch | undefined {
    const found = file.find(digest) ?? stored.find(digest);
    // A key whose id the document uses for another one is out of force, and so are its values.
    return found && get('virtual_keys', found.key.id) === found.key ? found : undefined;
  }

  function* problemsOf(kind: ResourceKind): Generator<string> {
    for (const id of file.of[kind].keys()) {
      if (stored.of[kind].has(id))
        yield `${kind} "${id}" is in the configuration document and in the store; the document's holds`;
    }
    for (const body of list(kind)) {
      for (const { kind: wanted, id, path } of referencesOf(kind, body)) {
        if (get(wanted, id) === undefined)
          yield `${kind} "${body.id}": ${path.join('.')} names "${id}", which is not among ${wanted}`;
      }
    }
  }

  return {
    version: () => version,
    versionOf: (kind) => versions.get(kind) ?? 0,
    get,
    list,
    idOf(kind, name) {
      const inFile = file.idOf(kind, name);
      if (inFile !== undefined) return inFile;
      const inStore = stored.idOf(kind, name);
      return inStore !== undefined && file.of[kind].has(inStore) ? undefined : inStore;
    },
    findKey,
    originOf(kind, id) {
      if (file.of[kind].has(id)) return 'file';
      return stored.of[kind].has(id) ? 'store' : undefined;
    },
    problems: () => kinds.flatMap((kind) => [...problemsOf(kind)]),
    replaceFile(resources) {
      file = createResourceTable(resources);
      changed(kinds);
    },
    replaceStored(resources) {
      stored = createResourceTable(resources);
      changed(kinds);
    },
    apply(changes) {
      for (const change of changes) applyChange(stored, change);
      changed(changes.map((each) => (each.change === 'put' ? each.resource.kind : each.kind)));
    },
  };
}

const kinds = Object.keys(resourceKinds).filter((kind): kind is ResourceKind => kind in resourceKinds);
