import type { CanonicalRequest, Item } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { unknownFields } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { loseCompactions } from '../shared/compaction.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { createLossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { encodeContents } from './contents-encoder.ts';
import type { EncodeScope } from './encode-scope.ts';
import { encodeGeneration } from './generation-config.ts';
import { traitsOf } from './model-traits.ts';
import { encodePart } from './part-encoder.ts';
import { encodeTools } from './tools-encoder.ts';
import type { Content } from './types.ts';
import { nameRules, ownExtra } from './types.ts';

/** Fields of `extra` that their own encoders put back. */
const nested: ReadonlySet<string> = new Set(['generationConfig', 'toolConfig']);

/** Writes a generateContent body. The model and whether to stream stand in the URL, so they are not in it. */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const tools = createToolTable(request, nameRules);
  const scope: EncodeScope = { request, target, traits: traitsOf(target.model), tools, losses: createLossList() };
  loseCompactions(request.items, scope.losses);
  loseForeignFields(request, 'gemini', scope.losses);
  const { system, rest } = splitSystem(request.items);
  const generation = encodeGeneration(scope);
  const told = generation.instruction === undefined ? [] : [{ text: generation.instruction }];
  const systemParts = [...system.flatMap((item) => encodeSystem(item, scope)), ...told];
  const contents = encodeContents(rest, scope);
  const systemFields = ownExtra(system.find((item) => item.type === 'message')?.extra);
  const body: JsonObject = {
    ...opening(contents, systemParts, systemFields),
    ...encodeTools(scope),
    ...(generation.config ? { generationConfig: generation.config } : {}),
    ...unknownFields(ownExtra(request.extra), nested),
  };
  return { body: withoutOmitted(body, target, scope.losses), losses: scope.losses.all(), tools };
}

/** Instructions that open the conversation, and everything after. Tools may be declared before them. */
function splitSystem(items: readonly Item[]): { system: readonly SystemItem[]; rest: readonly Item[] } {
  const end = items.findIndex((item) => item.type !== 'tools' && !isSystem(item));
  const head = end < 0 ? items : items.slice(0, end);
  return { system: head.filter(isSystem), rest: items.slice(head.length) };
}

type SystemItem = Item & { readonly type: 'message' };

function isSystem(item: Item): item is SystemItem {
  return item.type === 'message' && (item.role === 'system' || item.role === 'developer');
}

function encodeSystem(item: SystemItem, scope: EncodeScope): readonly JsonObject[] {
  return item.parts.map((part) => encodePart(part, scope)).filter((part) => part !== undefined);
}

function opening(contents: readonly Content[], system: readonly JsonObject[], fields: JsonObject): JsonObject {
  const written: Json = contents.map(({ role, parts }) => ({ role, parts }));
  if (system.length === 0) return { contents: written };
  // Instructions alone are no conversation: Gemini wants at least one content.
  if (contents.length === 0) return { contents: [{ role: 'user', parts: system }] };
  return { systemInstruction: { parts: system, ...fields }, contents: written };
}
