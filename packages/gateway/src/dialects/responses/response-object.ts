import type { StopReason } from '../../core/events.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { EncodeContext } from '../dialect.ts';
import { encodeToolChoice } from './tool-encoder.ts';
import { clientScope } from './client-scope.ts';
import { encodeUsage } from './usage.ts';

/** How an answer stands. */
export interface ResponseState {
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly JsonObject[];
  readonly usage?: Usage | undefined;
  readonly incompleteReason?: string | undefined;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The `response` object that frames and whole answers carry: complete enough for the official SDKs, which expect every field. */
export function responseObject(state: ResponseState, context: EncodeContext): JsonObject {
  const { incompleteReason } = state;
  return {
    id: state.id,
    object: 'response',
    created_at: context.createdAt,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    model: context.model,
    output: state.output,
    ...echoOf(context.request),
    usage: state.usage ? encodeUsage(state.usage) : null,
  };
}

/** Why an answer is incomplete, or undefined when it is complete. */
export function incompleteReasonOf(stop: StopReason): string | undefined {
  if (stop === 'max-output-tokens') return 'max_output_tokens';
  return stop === 'content-filter' ? 'content_filter' : undefined;
}

/** The request's settings as the answer repeats them. Not `instructions` and `tools`: three times over they would outweigh the answer, and no client reads them. */
function echoOf(request: CanonicalRequest | undefined): JsonObject {
  const kept = request?.extra?.dialect === 'responses' ? request.extra.fields : {};
  const choice = request?.toolChoice && encodeToolChoice(request.toolChoice, clientScope);
  return {
    instructions: null,
    max_output_tokens: request?.maxOutputTokens ?? null,
    metadata: kept['metadata'] ?? {},
    parallel_tool_calls: request?.parallelToolCalls ?? true,
    previous_response_id: kept['previous_response_id'] ?? null,
    prompt_cache_key: request?.cacheKey ?? null,
    reasoning: { effort: request?.reasoning?.effort ?? null, summary: request?.reasoning?.summary ?? null },
    service_tier: request?.serviceTier ?? 'auto',
    store: kept['store'] ?? false,
    temperature: request?.temperature ?? 1,
    text: { format: { type: 'text' }, verbosity: request?.verbosity ?? 'medium' },
    tool_choice: choice ?? 'auto',
    tools: [],
    top_p: request?.topP ?? 1,
    truncation: kept['truncation'] ?? 'disabled',
    user: kept['user'] ?? null,
  };
}
