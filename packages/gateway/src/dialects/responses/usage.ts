import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';

/** Reads `usage`; undefined when the provider told none. */
export function decodeUsage(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const input = isJsonObject(value['input_tokens_details']) ? value['input_tokens_details'] : {};
  const output = isJsonObject(value['output_tokens_details']) ? value['output_tokens_details'] : {};
  return {
    inputTokens: count(value['input_tokens']),
    outputTokens: count(value['output_tokens']),
    cachedInputTokens: count(input['cached_tokens']),
    cacheWriteTokens: count(input['cache_write_tokens']),
    cacheWriteLongTokens: 0,
    reasoningTokens: count(output['reasoning_tokens']),
  };
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && value >= 0 ? value : 0;
}

/** Writes `usage` with every field that Codex and the official SDKs read. */
export function encodeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
