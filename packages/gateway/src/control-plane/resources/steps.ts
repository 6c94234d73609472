import { isDeepStrictEqual } from 'node:util';
import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { nounOf } from '../../config/check-resources.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Directory } from '../../identity/directory.ts';
import { toStored } from '../../identity/stored-resources.ts';
import type { AuditEntry } from '../../store/resources/audit-log.ts';
import type { ResourceChange, StoredResource } from '../../store/resources/resource-store.ts';
import type { Actor, Changed } from './change.ts';
import { type Draft, type DraftDelete, type DraftPut, placeOf } from './draft.ts';
import { bodyOf } from './parse-body.ts';

/** A change that is ready to be made: what is told of it, what is written, what the audit log keeps. */
export interface Step {
  readonly changed: Changed;
  /** Absent where nothing changes. */
  readonly write?: ResourceChange;
  readonly audit?: AuditEntry;
}

export interface StepParts {
  readonly directory: Directory;
  readonly actor: Actor;
  readonly rows: ReadonlyMap<string, StoredResource>;
  readonly warnings: ReadonlyMap<string, readonly string[]>;
}

/** The steps of a draft in which nothing is wrong. */
export function stepsOf(draft: Draft, parts: StepParts): readonly Step[] {
  const puts = [...draft.puts.values()].map((put) => putStep(put, parts));
  const deletes = [...draft.deletes.values()].map((gone) => deleteStep(gone, parts));
  return [...puts, ...deletes];
}

function putStep({ resource, digests, rotates, value }: DraftPut, parts: StepParts): Step {
  const { kind } = resource;
  const { id } = resource.body;
  const before = currentOf(kind, id, parts);
  const after = bodyOf(resource);
  const did = doneBy(before, after, rotates === true);
  const place = placeOf(kind, id);
  const warnings = parts.warnings.get(place);
  const told = { kind, id, ...(before && { before }), after, ...(warnings && { warnings }) };
  if (did === 'nothing') {
    const revision = parts.rows.get(place)?.revision;
    return { changed: { did, ...told, ...(revision === undefined ? {} : { revision }) } };
  }
  const stored = toStored(digests === undefined ? resource : { ...resource, digests });
  return {
    changed: { did, ...told, ...(value === undefined ? {} : { value }) },
    write: { type: 'put', ...stored },
    audit: auditOf(did, told, parts.actor),
  };
}

function doneBy(before: JsonObject | undefined, after: JsonObject, rotates: boolean): Changed['did'] {
  if (!before) return 'create';
  if (rotates) return 'rotate';
  return isDeepStrictEqual(before, after) ? 'nothing' : 'update';
}

function deleteStep({ kind, id }: DraftDelete, parts: StepParts): Step {
  const before = currentOf(kind, id, parts);
  const told = { kind, id, ...(before && { before }) };
  return {
    changed: { did: 'delete', ...told },
    write: { type: 'delete', kind, id },
    audit: auditOf('delete', told, parts.actor),
  };
}

function currentOf(kind: ResourceKind, id: string, { directory }: StepParts): JsonObject | undefined {
  const body = directory.get(kind, id);
  if (!body) return undefined;
  const fields: JsonObject = JSON.parse(JSON.stringify(body));
  return fields;
}

type Told = Pick<Changed, 'kind' | 'id' | 'before' | 'after'>;

function auditOf(did: string, { kind, id, before, after }: Told, { name, requestId, sourceIp }: Actor): AuditEntry {
  return {
    actor: name,
    action: `${nounOf(kind).replace(' ', '-')}.${did}`,
    kind,
    resourceId: id,
    ...(before && { before }),
    ...(after && { after }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
  };
}
