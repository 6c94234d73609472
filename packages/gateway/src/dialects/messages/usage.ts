import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { searched, servedAs } from '../shared/usage-fields.ts';

/** Reads usage as it comes in pieces: `message_start` tells the input, `message_delta` the output and, by some, the input again. */
export interface UsageReader {
  add(usage: Json | undefined): void;
  /** Undefined while nothing was reported. */
  told(): Usage | undefined;
}

export function createUsageReader(): UsageReader {
  let fields: JsonObject | undefined;
  return {
    add(usage) {
      if (!isJsonObject(usage)) return;
      // Each report counts from the start of the answer: a later one replaces an earlier one, field by field.
      const told = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined);
      fields = { ...fields, ...Object.fromEntries(told) };
    },
    told: () => fields && readUsage(fields),
  };
}

/** Anthropic counts cached input apart from `input_tokens`; here it is part of the input. */
function readUsage(fields: JsonObject): Usage {
  const cached = count(fields['cache_read_input_tokens']);
  const created = count(fields['cache_creation_input_tokens']);
  return {
    inputTokens: count(fields['input_tokens']) + cached + created,
    outputTokens: count(fields['output_tokens']),
    cachedInputTokens: cached,
    cacheWriteTokens: created,
    cacheWriteLongTokens: count(inner(fields['cache_creation'], 'ephemeral_1h_input_tokens')),
    reasoningTokens: count(inner(fields['output_tokens_details'], 'thinking_tokens')),
    ...searched(inner(fields['server_tool_use'], 'web_search_requests')),
    // Fast mode is no service tier of Anthropic's, but a price of its own all the same.
    ...servedAs(fields['speed'] === 'fast' ? 'fast' : fields['service_tier']),
  };
}

/** Usage in Anthropic's own count. */
export function writeUsage(usage: Usage | undefined): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage ?? {};
  const long = usage?.cacheWriteLongTokens ?? 0;
  const searches = usage?.units?.['web-search'] ?? 0;
  return {
    input_tokens: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    ...(long > 0
      ? {
          cache_creation: {
            ephemeral_5m_input_tokens: cacheWriteTokens - long,
            ephemeral_1h_input_tokens: long,
          },
        }
      : {}),
    output_tokens: outputTokens,
    ...(usage?.reasoningTokens ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } } : {}),
    ...writeService(usage?.serviceTier),
    ...(searches > 0 ? { server_tool_use: { web_search_requests: searches } } : {}),
  };
}

/** Other providers' words would mean nothing to callers of this dialect. */
const ownTiers: ReadonlySet<string | undefined> = new Set(['standard', 'priority', 'batch']);

function writeService(tier: string | undefined): JsonObject {
  if (tier === 'fast') return { speed: tier };
  return ownTiers.has(tier) ? { service_tier: tier } : {};
}

function inner(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
