import type { Item, MessageItem, Part } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, unknownFields } from '../../core/json.ts';
import { malformed } from '../shared/read-fields.ts';
import { createCallNames } from './call-names.ts';
import type { CallNames } from './call-names.ts';
import { apartField } from './contents-writer.ts';
import { hostedCallOf } from './hosted-calls.ts';
import { decodePart } from './part-decoder.ts';
import { decodeResult } from './result-decoder.ts';
import { sealedItem, sealOfSignature } from './signatures.ts';
import { extraOf, fieldOf, objectField, ownExtra, signatureField, stringField } from './types.ts';

/** `contents` as items: texts of one content are one message, calls and results stand for themselves. */
export function decodeContents(contents: readonly Json[]): readonly Item[] {
  const items: Item[] = [];
  const names = createCallNames();
  let previousRole = '';
  contents.forEach((content, at) => {
    if (!isJsonObject(content)) throw malformed(`contents[${at}]`, 'an object', content);
    const role = stringField(content, 'role') === 'model' ? 'model' : 'user';
    const decoded = decodeContent(content, { role, names, path: `contents[${at}]` });
    items.push(...(role === previousRole ? markApart(decoded) : decoded));
    if (decoded.length > 0) previousRole = role;
  });
  return items;
}

interface ContentScope {
  readonly role: 'user' | 'model';
  readonly names: CallNames;
  readonly path: string;
}

function decodeContent(content: JsonObject, scope: ContentScope): readonly Item[] {
  const parts = fieldOf(content, 'parts') ?? [];
  if (!Array.isArray(parts)) throw malformed(`${scope.path}.parts`, 'an array', parts);
  const items: Item[] = [];
  let open: Part[] | undefined;

  function speak(part: Part): void {
    if (open) open.push(part);
    else {
      open = [part];
      items.push({ type: 'message', role: scope.role === 'model' ? 'assistant' : 'user', parts: open });
    }
  }

  parts.forEach((part, at) => {
    if (!isJsonObject(part)) throw malformed(`${scope.path}.parts[${at}]`, 'an object', part);
    const standing = decodeStanding(part, { ...scope, path: `${scope.path}.parts[${at}]` });
    // A seal before a text ends the message: it belongs to this text and not to those before.
    if (standing.items.length > 0) {
      items.push(...standing.items);
      open = undefined;
    }
    if (standing.rest) speak(decodePart(part));
  });
  return items;
}

interface Standing {
  readonly items: readonly Item[];
  /** The part itself still is to be read, as a part of a message. */
  readonly rest: boolean;
}

/** What a part says beside or instead of being a part of a message. */
function decodeStanding(part: JsonObject, scope: ContentScope): Standing {
  const call = objectField(part, 'functionCall');
  const signature = stringField(part, signatureField);
  if (call) return { items: [...sealBefore(signature), decodeCall(part, call, scope)], rest: false };
  const response = objectField(part, 'functionResponse');
  if (response) return { items: [decodeResult(response, scope.names, scope.path)], rest: false };
  const hosted = hostedCallOf(part);
  if (hosted) return { items: [hosted], rest: false };
  if (fieldOf(part, 'thought') === true) return { items: [decodeThought(part, signature)], rest: false };
  if (signature === undefined || scope.role === 'user') return { items: [], rest: true };
  const empty = fieldOf(part, 'text') === '';
  const seal = sealOfSignature(signature, empty ? 'alone' : 'next');
  return { items: seal ? [sealedItem(seal)] : [], rest: !empty };
}

function sealBefore(signature: string | undefined): readonly Item[] {
  const seal = signature === undefined ? undefined : sealOfSignature(signature, 'next');
  return seal ? [sealedItem(seal)] : [];
}

function decodeThought(part: JsonObject, signature: string | undefined): Item {
  const seal = signature === undefined ? undefined : sealOfSignature(signature, 'thought');
  const text = stringField(part, 'text') ?? '';
  return { type: 'reasoning', summary: [text], ...(seal ? { seal } : {}), ...extraOf({ thought: true }) };
}

const callPartFields: ReadonlySet<string> = new Set([
  'functionCall',
  'function_call',
  signatureField,
  'thought_signature',
]);

function decodeCall(part: JsonObject, call: JsonObject, scope: ContentScope): Item {
  const name = stringField(call, 'name');
  if (name === undefined) throw malformed(`${scope.path}.functionCall.name`, 'a string', call['name']);
  const args = fieldOf(call, 'args') ?? {};
  if (!isJsonObject(args)) throw malformed(`${scope.path}.functionCall.args`, 'an object', args);
  const callId = scope.names.call(name, stringField(call, 'id'), scope.path);
  const extra = extraOf(unknownFields(part, callPartFields));
  return { type: 'tool-call', kind: 'function', callId, tool: { name }, input: JSON.stringify(args), ...extra };
}

/** The first item remembers that its content stood apart from a neighbour of the same role. */
function markApart(items: readonly Item[]): readonly Item[] {
  const [first, ...rest] = items;
  if (!first || !canMark(first)) return items;
  return [{ ...first, ...extraOf({ ...ownExtra(first.extra), [apartField]: true }) }, ...rest];
}

type Markable = Extract<Item, { type: 'reasoning' | 'tool-call' }> | MessageItem;

function canMark(item: Item): item is Markable {
  return item.type === 'message' || item.type === 'reasoning' || item.type === 'tool-call';
}
