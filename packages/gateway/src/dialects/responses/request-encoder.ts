import type { CanonicalRequest, Item, MessageItem, OutputFormat } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { effortOfBudget } from '../shared/effort.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { createLossList, type LossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { anyName, createToolTable, type NameRules, type ToolTable } from '../shared/tool-table.ts';
import { cameFromHere, markOf, withExtra } from './extra.ts';
import { fitEffort } from './fit-effort.ts';
import { encodeItem } from './item-encoder.ts';
import { encodeFlatTools, encodeToolChoice, encodeTools } from './tool-encoder.ts';
import { homeIssuer, sealedReasoning } from './types.ts';
import type { WriteScope } from './write-scope.ts';

const functionNames: NameRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_-]/g };

/** Writes a request for a provider that speaks Responses. What OpenAI's dialect has and others lack is rewritten or reported as lost. */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const losses = createLossList();
  loseForeignFields(request, 'responses', losses);
  const native = knowsCodexTools(target);
  const tools = createToolTable(request, native ? anyName : functionNames);
  const scope = scopeOf(request, target, { tools, losses });
  const known = {
    model: target.model,
    stream: true,
    ...leadOf(request),
    ...inputOf(request, scope),
    ...toolFields(request, scope),
    ...reasoningOf(request, target, scope),
    ...textOf(request),
    ...knobsOf(request, target, scope),
    ...(cameFromHere(request.extra) ? {} : statelessDefaults(scope.home || target.quirks.sealsThoughts === true)),
  };
  return {
    body: withoutOmitted(withExtra(known, request.extra, scope.home), target, losses),
    losses: losses.all(),
    tools,
  };
}

function knowsCodexTools(target: EncodeTarget): boolean {
  return target.quirks.codexTools === true || target.issuer === homeIssuer;
}

interface Notes {
  readonly tools: ToolTable;
  readonly losses: LossList;
}

function scopeOf(request: CanonicalRequest, target: EncodeTarget, { tools, losses }: Notes): WriteScope {
  const { extra } = request;
  return {
    issuer: target.issuer,
    stored: extra?.dialect === 'responses' && extra.fields['store'] !== false,
    native: knowsCodexTools(target),
    home: target.issuer === homeIssuer,
    tools,
    sealText: (seal) => (seal.issuer === target.issuer && typeof seal.data === 'string' ? seal.data : undefined),
    losses,
    hostedTools: target.quirks.hostedTools ?? [],
    images: target.abilities.images !== false,
    imagesApart: target.quirks.noImagesInToolResults === true,
    developerRole: target.quirks.developerRole ?? 'developer',
  };
}

/** Requests of other dialects carry their whole history: nothing need be stored, and thought comes back sealed. */
function statelessDefaults(sealsThoughts: boolean): JsonObject {
  return sealsThoughts ? { store: false, include: [sealedReasoning] } : { store: false };
}

function isInstructions(item: Item): boolean {
  return item.type === 'message' && markOf(item.extra, '#from') === 'instructions';
}

function leadOf(request: CanonicalRequest): JsonObject {
  const lead = request.items.find(isInstructions);
  return lead?.type === 'message' ? { instructions: textOfMessage(lead) } : {};
}

function inputOf(request: CanonicalRequest, scope: WriteScope): JsonObject {
  const items = request.items.filter((item) => !isInstructions(item));
  const shape = markOf(request.extra, '#shape');
  if (shape === 'absent' && items.length === 0) return {};
  const only = items[0];
  if (shape === 'string' && items.length === 1 && only?.type === 'message') return { input: textOfMessage(only) };
  return { input: items.flatMap((item) => encodeItem(item, scope)) };
}

function textOfMessage(item: MessageItem): string {
  return item.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function toolFields(request: CanonicalRequest, scope: WriteScope): JsonObject {
  const tools = scope.native ? encodeTools(request.tools, scope) : encodeFlatTools(scope);
  if (tools.length === 0 && !scope.native) return {};
  const choice = request.toolChoice && encodeToolChoice(request.toolChoice, scope);
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(request.parallelToolCalls === undefined ? {} : { parallel_tool_calls: request.parallelToolCalls }),
  };
}

function reasoningOf(request: CanonicalRequest, target: EncodeTarget, scope: WriteScope): JsonObject {
  const { reasoning } = request;
  if (!reasoning) return {};
  if (target.abilities.reasoning === false) {
    scope.losses.hint('reasoning', 'the model does not reason');
    return {};
  }
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens);
  const mute = target.quirks.noReasoningSummary === true;
  if (mute && reasoning.summary !== undefined) scope.losses.hint('reasoning.summary', `${scope.issuer} refuses it`);
  const known = {
    ...(effort === undefined ? {} : { effort: fitEffort(effort, target, scope.losses) }),
    ...(reasoning.summary === undefined || mute ? {} : { summary: reasoning.summary }),
  };
  if (mute && Object.keys(known).length === 0) return {};
  // `context` and whatever comes next are OpenAI's: other vendors reject unknown settings here.
  return { reasoning: scope.native ? withExtra(known, reasoning.extra, scope.home) : known };
}

function textOf(request: CanonicalRequest): JsonObject {
  const { outputFormat, verbosity } = request;
  if (!outputFormat && verbosity === undefined) return {};
  return {
    text: {
      ...(outputFormat ? { format: formatObject(outputFormat) } : {}),
      ...(verbosity === undefined ? {} : { verbosity }),
    },
  };
}

function formatObject(format: OutputFormat): JsonObject {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  const { type: _, ...fields } = format;
  return { type: 'json_schema', ...fields };
}

function knobsOf(request: CanonicalRequest, target: EncodeTarget, scope: WriteScope): JsonObject {
  if (request.topK !== undefined) loseHint(scope, 'top_k');
  if (request.stop !== undefined && request.stop.length > 0) loseHint(scope, 'stop');
  const limit = target.abilities.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  return {
    ...(request.maxOutputTokens === undefined ? {} : { max_output_tokens: Math.min(request.maxOutputTokens, limit) }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.serviceTier === undefined ? {} : { service_tier: request.serviceTier }),
    ...(request.cacheKey === undefined ? {} : { prompt_cache_key: request.cacheKey }),
  };
}

function loseHint(scope: WriteScope, what: string): void {
  scope.losses.hint(what, 'the Responses API has no such setting');
}
