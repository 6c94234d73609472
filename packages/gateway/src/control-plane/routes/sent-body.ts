import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { Refused } from '../refused.ts';
import type { KeyValue } from '../resources/change.ts';

/** What a body says of a resource. */
export interface SplitBody {
  readonly body: JsonObject;
  readonly value?: KeyValue;
}

/** The fields of a resource, and the value of a key, which is no field of it. Throws `Refused`. */
export function splitValue(kind: ResourceKind, sent: Json | undefined): SplitBody {
  if (!isJsonObject(sent)) throw new Refused('invalid', 'The body must be an object with the fields of the resource.');
  if (kind !== 'virtual_keys' || sent['value'] === undefined) return { body: sent };
  const { value, ...body } = sent;
  if (typeof value === 'string') return { body, value: { value } };
  throw new Refused('invalid', 'value: must be text', [{ path: 'value', message: 'must be text' }]);
}

/** With the id of the address, from which the body's may not differ. Throws `Refused`. */
export function withId({ body, ...rest }: SplitBody, id = ''): SplitBody {
  const given = body['id'];
  if (given !== undefined && given !== id)
    throw new Refused('invalid', 'id: is not the one in the address', [
      { path: 'id', message: 'is not the one in the address' },
    ]);
  return { body: { ...body, id }, ...rest };
}
