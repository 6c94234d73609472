import type { ResourceKind, ResourceOf } from '@turnpike/contract/resources/kinds';
import type { Directory } from '../../identity/directory.ts';

/** Which resources. */
export interface ResourceFilter {
  /** Fields and their values, of the resource itself or of its scope. A list matches if the value is in it. */
  readonly fields: ReadonlyMap<string, string>;
  /** Part of the id or the name, in any case. */
  readonly text?: string | undefined;
  readonly source?: 'file' | 'api' | undefined;
}

export interface FoundIds {
  readonly ids: readonly string[];
  /** The last id, where there are more. */
  readonly next?: string;
}

/** Finds resources among all that the directory knows, in the order of their ids. */
export interface ResourceFinder {
  find(
    kind: ResourceKind,
    filter: ResourceFilter,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): FoundIds;
}

/** Ids are kept in order for as long as nothing of their kind changes. */
export function createResourceFinder(directory: Directory): ResourceFinder {
  const kept = new Map<ResourceKind, { readonly version: number; readonly ids: readonly string[] }>();

  function idsOf(kind: ResourceKind): readonly string[] {
    const version = directory.versionOf(kind);
    const known = kept.get(kind);
    if (known?.version === version) return known.ids;
    const ids = [...directory.list(kind)].map(({ id }) => id).sort();
    kept.set(kind, { version, ids });
    return ids;
  }

  return {
    find(kind, filter, { limit, after }) {
      const name = filter.fields.get('name');
      const all = name === undefined ? idsOf(kind) : [directory.idOf(kind, name) ?? []].flat();
      const found: string[] = [];
      for (let index = after === undefined ? 0 : firstAfter(all, after); index < all.length; index++) {
        const id = all[index];
        const body = id === undefined ? undefined : directory.get(kind, id);
        if (!body || !matches(body, filter) || !isFrom(filter.source, directory.originOf(kind, body.id))) continue;
        if (found.length === limit) return { ids: found, next: found.at(-1) ?? '' };
        found.push(body.id);
      }
      return { ids: found };
    },
  };
}

function isFrom(wanted: ResourceFilter['source'], origin: 'file' | 'store' | undefined): boolean {
  return wanted === undefined || (wanted === 'file') === (origin === 'file');
}

/** The place of the first id that comes later. */
function firstAfter(sorted: readonly string[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matches(body: ResourceOf<ResourceKind>, { fields, text }: ResourceFilter): boolean {
  if (text !== undefined && !`${body.id}\n${body.name ?? ''}`.toLowerCase().includes(text.toLowerCase())) return false;
  for (const [field, wanted] of fields) {
    if (!isValue(valueOf(body, field), wanted) && !('scope' in body && isValue(valueOf(body.scope, field), wanted)))
      return false;
  }
  return true;
}

function valueOf(object: object, field: string): unknown {
  return Object.hasOwn(object, field) ? Reflect.get(object, field) : undefined;
}

function isValue(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((each) => isValue(each, wanted));
  return (
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') && String(value) === wanted
  );
}
