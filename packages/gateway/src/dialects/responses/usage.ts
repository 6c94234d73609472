import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { counted, searched, servedAs } from '../shared/usage-fields.ts';

/** Reads the usage that a response object tells; undefined when it tells none. */
export function usageOf(response: JsonObject): Usage | undefined {
  const usage = response['usage'];
  if (!isJsonObject(usage)) return undefined;
  const tools = objectOf(response['tool_usage']);
  return {
    ...decodeUsage(usage),
    ...searched(objectOf(tools['web_search'])['num_requests']),
    ...servedAs(response['service_tier']),
  };
}

function decodeUsage(value: JsonObject): Usage {
  const input = objectOf(value['input_tokens_details']);
  const output = objectOf(value['output_tokens_details']);
  return {
    inputTokens: count(value['input_tokens']),
    outputTokens: count(value['output_tokens']),
    cachedInputTokens: count(input['cached_tokens']),
    cacheWriteTokens: count(input['cache_write_tokens']),
    cacheWriteLongTokens: 0,
    reasoningTokens: count(output['reasoning_tokens']),
    ...counted('inputAudioTokens', input['audio_tokens']),
    ...counted('inputImageTokens', input['image_tokens']),
    ...counted('outputAudioTokens', output['audio_tokens']),
    ...counted('outputImageTokens', output['image_tokens']),
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
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
