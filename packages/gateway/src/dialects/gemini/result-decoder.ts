import type { Part, ToolResultItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { unknownFields } from '../../core/json.ts';
import { malformed } from '../shared/read-fields.ts';
import type { CallNames } from './call-names.ts';
import { decodePart } from './part-decoder.ts';
import { jsonResponseField } from './result-encoder.ts';
import { extraOf, objectField, objectsField, stringField } from './types.ts';

const known: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);

/** A `functionResponse`. By custom its `response` holds one text under `output` or `error`; any other object is told as JSON text. */
export function decodeResult(response: JsonObject, names: CallNames, path: string): ToolResultItem {
  const name = stringField(response, 'name');
  if (name === undefined) throw malformed(`${path}.functionResponse.name`, 'a string', response['name']);
  const callId = names.result(name, stringField(response, 'id'), path);
  const told = textOfResponse(objectField(response, 'response') ?? {});
  const output: Part[] = [{ type: 'text', text: told.text }, ...objectsField(response, 'parts').map(decodePart)];
  const form = told.json ? { [jsonResponseField]: true } : {};
  return {
    type: 'tool-result',
    kind: 'function',
    callId,
    output,
    ...(told.isError ? { isError: true } : {}),
    ...extraOf({ ...unknownFields(response, known), ...form }),
  };
}

interface ToldResponse {
  readonly text: string;
  readonly isError: boolean;
  readonly json: boolean;
}

function textOfResponse(response: JsonObject): ToldResponse {
  const fields = Object.keys(response);
  const only = fields.length === 1 ? fields[0] : undefined;
  const value = only === undefined ? undefined : response[only];
  if (typeof value === 'string' && (only === 'output' || only === 'error')) {
    return { text: value, isError: only === 'error', json: false };
  }
  return { text: JSON.stringify(response), isError: false, json: true };
}
