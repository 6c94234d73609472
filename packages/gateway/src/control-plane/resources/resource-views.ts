import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import type { Directory } from '../../identity/directory.ts';
import { fromStored } from '../../identity/stored-resources.ts';
import type { ResourceStore, StoredResource } from '../../store/resources/resource-store.ts';

/** A resource as the API tells of it. */
export interface ResourceView {
  /** Its fields, and `source`, `revision`, `created_at`, `updated_at`, for virtual keys `values`. Never a secret. */
  readonly fields: JsonObject;
  /** Absent where the configuration document makes it. */
  readonly revision?: bigint;
}

export interface ViewParts {
  readonly directory: Directory;
  readonly store: Pick<ResourceStore, 'getMany'>;
}

/** Resources that the directory knows, in the order of the ids. Those that are unknown are left out. */
export async function viewsOf(
  kind: ResourceKind,
  ids: readonly string[],
  { directory, store }: ViewParts,
): Promise<readonly ResourceView[]> {
  const stored = ids.filter((id) => directory.originOf(kind, id) === 'store');
  const rows = new Map((await store.getMany(kind, stored)).map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const body = directory.get(kind, id);
    return body ? [viewOf(body, rows.get(id))] : [];
  });
}

function viewOf(body: object, row: StoredResource | undefined): ResourceView {
  const fields: JsonObject = JSON.parse(JSON.stringify(body));
  if (!row) return { fields: { ...fields, source: 'file' } };
  const facts = {
    source: 'api',
    revision: String(row.revision),
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
  return { fields: { ...fields, ...facts, ...valuesOf(row) }, revision: row.revision };
}

/** Which values open a key: as much of them as may be shown. */
function valuesOf(row: StoredResource): JsonObject {
  const known = row.kind === 'virtual_keys' ? fromStored(row) : undefined;
  if (!known?.digests) return {};
  const values = known.digests.map(({ hint, until }) => ({
    hint: hint ?? '…',
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  }));
  return { values };
}
