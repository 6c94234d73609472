import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { type KeyDigest, type KnownResource, parseResource } from './resources.ts';

/** A resource as a store keeps it, which does not know what it means. */
export interface StoredRow {
  readonly kind: string;
  readonly id: string;
  readonly body: Json;
}

/** Field of a stored key in which the digests of its values stand. No schema of a resource has it, so no caller can set it. */
const digestsField = '$digests';

/** What a store is to keep of a resource. */
export function toStored({ kind, body, digests }: KnownResource): StoredRow & { readonly name?: string } {
  const fields = toJson(body);
  const kept = digests === undefined ? fields : { ...fields, [digestsField]: digests.map((each) => ({ ...each })) };
  return { kind, id: body.id, body: kept, ...(body.name === undefined ? {} : { name: body.name }) };
}

/** The resource of a row. Throws what its schema refuses: a row may have been written by another version, or by hand. */
export function fromStored({ kind, id, body }: StoredRow): KnownResource {
  if (!isKind(kind) || !isJsonObject(body))
    throw new TypeError(`${kind} "${id}" is of no kind that this version knows`);
  const { [digestsField]: digests, ...fields } = body;
  const resource: KnownResource = parseResource(kind, { ...fields, id });
  return resource.kind === 'virtual_keys' ? { ...resource, digests: digestsIn(digests) } : resource;
}

export function isKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(resourceKinds, kind);
}

function digestsIn(stored: Json | undefined): KeyDigest[] {
  return (Array.isArray(stored) ? stored : []).flatMap((each): KeyDigest[] => {
    if (!isJsonObject(each) || typeof each['digest'] !== 'string') return [];
    const { digest, until, hint } = each;
    return [
      {
        digest,
        ...(typeof until === 'number' ? { until } : {}),
        ...(typeof hint === 'string' ? { hint } : {}),
      },
    ];
  });
}

/** Without what is undefined. */
function toJson(body: KnownResource['body']): JsonObject {
  const value: unknown = JSON.parse(JSON.stringify(body));
  if (!isJsonObject(value)) throw new TypeError('a resource is an object');
  return value;
}
