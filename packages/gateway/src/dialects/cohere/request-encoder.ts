import type { CanonicalRequest, OutputFormat } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { loseCompactions } from '../shared/compaction.ts';
import { given } from '../shared/given.ts';
import { instructionFor, withInstruction } from '../shared/instruction.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { createLossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { encodeMessages } from './message-encoder.ts';
import { encodeThinking } from './thinking.ts';
import { nameRules, toolFields } from './tool-encoder.ts';
import type { EncodeScope } from './types.ts';

/** Writes a request for Cohere. The order of fields is fixed: same input, same bytes. */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const losses = createLossList();
  loseCompactions(request.items, losses);
  loseForeignFields(request, 'cohere', losses);
  const tools = createToolTable(request, nameRules);
  const scope: EncodeScope = { target, losses, tools };
  const format = encodeFormat(request.outputFormat, scope);
  const body: JsonObject = {
    model: target.model,
    stream: true,
    messages: withInstruction(encodeMessages(request.items, scope), format.instruction),
    ...toolFields(request, scope),
    ...format.field,
    ...(request.reasoning ? encodeThinking(request.reasoning, scope) : {}),
    ...sampling(request, scope),
  };
  if (request.verbosity !== undefined) losses.hint('text.verbosity', 'Cohere has no such setting');
  if (request.serviceTier !== undefined) losses.hint('service_tier', 'Cohere has no such setting');
  return { body: withoutOmitted(body, target, losses), losses: losses.all(), tools };
}

/** The API refuses a wanted form beside tools (https://docs.cohere.com/docs/structured-outputs): then the model is told in words. */
function encodeFormat(
  format: OutputFormat | undefined,
  { tools, losses }: EncodeScope,
): { readonly field: JsonObject; readonly instruction?: string } {
  if (format === undefined || format.type === 'text') return { field: {} };
  if (tools.flat.length > 0) {
    losses.hint('text.format', 'Cohere does not enforce it beside tools; the model is told');
    return { field: {}, instruction: instructionFor(format) };
  }
  const schema = format.type === 'json-schema' ? { json_schema: format.schema } : {};
  return { field: { response_format: { type: 'json_object', ...schema } } };
}

const maxStops = 5;

function sampling(request: CanonicalRequest, { target, losses }: EncodeScope): JsonObject {
  const { maxOutputTokens: asked, stop, topP } = request;
  const most = target.abilities.maxOutputTokens;
  if (asked !== undefined && most !== undefined && asked > most)
    losses.hint('max_output_tokens', `${target.model} writes at most ${most} tokens`);
  if (stop && stop.length > maxStops) losses.hint('stop', `Cohere takes ${maxStops} stop sequences`);
  return {
    ...given('max_tokens', asked === undefined ? undefined : Math.min(asked, most ?? asked)),
    ...given('temperature', request.temperature),
    // Values outside these bounds are refused, also the 1 by which others mean "all tokens".
    ...given('p', topP === undefined ? undefined : Math.min(0.99, Math.max(0.01, topP))),
    ...given('k', request.topK),
    ...given('stop_sequences', stop?.slice(0, maxStops)),
  };
}
