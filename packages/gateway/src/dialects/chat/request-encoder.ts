import type { CanonicalRequest } from '../../core/items.ts';
import { limitField } from './limit-field.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { loseCompactions } from '../shared/compaction.ts';
import { createToolTable, type ToolTable } from '../shared/tool-table.ts';
import { encodeFormat } from './format-encoder.ts';
import { withInstruction } from '../shared/instruction.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { createLossList, type LossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { encodeMessages } from './message-encoder.ts';
import { orderForMistral } from './mistral-order.ts';
import type { EncodeScope } from './part-encoder.ts';
import { openaiSettings } from './openai-settings.ts';
import { encodeReasoning } from './reasoning-encoder.ts';
import { encodeToolChoice, encodeTools, nameRules } from './tool-encoder.ts';
import { given } from '../shared/given.ts';
import { ownFields } from './types.ts';

/** Writes a request for a vendor that speaks Chat Completions. The order of fields is fixed: same input, same bytes. */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const losses = createLossList();
  loseCompactions(request.items, losses);
  loseForeignFields(request, 'chat', losses);
  const tools = createToolTable(request, nameRules);
  const scope = { target, losses, tools };
  const format = request.outputFormat ? encodeFormat(request.outputFormat, scope) : { field: {} };
  const messages = withInstruction(encodeMessages(request.items, scope), format.instruction);
  const body: JsonObject = {
    model: target.model,
    messages: target.issuer === 'mistral' ? orderForMistral(messages) : messages,
    ...toolFields(request, tools, scope),
    ...format.field,
    ...(request.reasoning ? encodeReasoning(request.reasoning, scope) : {}),
    ...sampling(request, scope),
    ...openaiSettings(request, scope),
    ...given('prompt_cache_key', target.issuer === 'openai' ? request.cacheKey : undefined),
    ...streamFields(request, target),
    ...callersFields(request, losses),
  };
  return { body: withoutOmitted(body, target, losses), losses: losses.all(), tools };
}

function toolFields(request: CanonicalRequest, table: ToolTable, scope: EncodeScope): JsonObject {
  const { tools, beside } = encodeTools(table, scope);
  // Vendors refuse choices between no tools.
  if (tools.length === 0) return beside;
  return {
    tools,
    ...given('tool_choice', request.toolChoice ? encodeToolChoice(request.toolChoice, table, scope) : undefined),
    ...given('parallel_tool_calls', request.parallelToolCalls),
    ...beside,
  };
}

function sampling(request: CanonicalRequest, scope: EncodeScope): JsonObject {
  const { issuer } = scope.target;
  const topK = takesTopK(request, issuer) ? request.topK : undefined;
  if (request.topK !== topK) scope.losses.hint('top_k', `${issuer} may refuse the setting`);
  return {
    ...given(limitField(scope.target), limitOf(request, scope)),
    ...given('temperature', request.temperature),
    ...given('top_p', request.topP),
    ...given('top_k', topK),
    ...given('stop', request.stop),
  };
}

/** Not a field of OpenAI's: many vendors answer it with status 400, so only callers who speak Chat themselves decide to send it. */
function takesTopK(request: CanonicalRequest, issuer: string): boolean {
  return issuer === 'openrouter' || (issuer !== 'openai' && request.extra?.dialect === 'chat');
}

function limitOf(request: CanonicalRequest, scope: EncodeScope): number | undefined {
  const asked = request.maxOutputTokens;
  const most = scope.target.abilities.maxOutputTokens;
  if (asked === undefined || most === undefined || asked <= most) return asked;
  scope.losses.hint('max_output_tokens', `${scope.target.model} writes at most ${most} tokens`);
  return most;
}

function streamFields(request: CanonicalRequest, target: EncodeTarget): JsonObject {
  if (target.quirks.noStreamOptions === true) return { stream: true };
  const asked = ownFields(request)['stream_options'];
  return { stream: true, stream_options: { ...(isJsonObject(asked) ? asked : {}), include_usage: true } };
}

/** What a Chat caller said beyond the canonical form. One answer is all that an agent's session can hold. */
function callersFields(request: CanonicalRequest, losses: LossList): JsonObject {
  const { stream_options: _options, n, ...fields } = ownFields(request);
  if (typeof n === 'number' && n > 1) losses.hint('n', 'one answer is given');
  return fields;
}
