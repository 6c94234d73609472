import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { counted, servedAs } from '../shared/usage-fields.ts';

/** The usage in a chunk or a whole answer, wherever the vendor puts it. Undefined where none is reported. */
export function usageOf(body: JsonObject): Usage | undefined {
  const usage = placesOf(body).find(isJsonObject);
  const told = usage && decodeUsage(usage);
  return told && { ...told, ...servedAs(body['service_tier']) };
}

/** Its home, Groq's own field, and the choice that ends an answer of Moonshot. */
function placesOf(body: JsonObject): readonly (Json | undefined)[] {
  const choice: Json | undefined = Array.isArray(body['choices']) ? body['choices'][0] : undefined;
  return [body['usage'], objectOf(body['x_groq'])['usage'], objectOf(choice)['usage']];
}

function decodeUsage(usage: JsonObject): Usage | undefined {
  if (typeof usage['prompt_tokens'] !== 'number' && typeof usage['completion_tokens'] !== 'number') return undefined;
  const input = count(usage['prompt_tokens']);
  const output = count(usage['completion_tokens']);
  const inputDetails = objectOf(usage['prompt_tokens_details']);
  const outputDetails = objectOf(usage['completion_tokens_details']);
  const reasoning = count(outputDetails['reasoning_tokens'] ?? usage['reasoning_tokens']);
  // xAI counts reasoning beside the completion; only the total tells.
  const besides = reasoning > 0 && usage['total_tokens'] === input + output + reasoning;
  return {
    inputTokens: input,
    outputTokens: besides ? output + reasoning : output,
    // DeepSeek's and Moonshot's own names come after the common one.
    cachedInputTokens: count(
      inputDetails['cached_tokens'] ?? usage['prompt_cache_hit_tokens'] ?? usage['cached_tokens'],
    ),
    cacheWriteTokens: count(inputDetails['cache_write_tokens'] ?? inputDetails['cache_creation_input_tokens']),
    cacheWriteLongTokens: 0,
    reasoningTokens: reasoning,
    ...counted('inputAudioTokens', inputDetails['audio_tokens']),
    ...counted('inputImageTokens', inputDetails['image_tokens']),
    ...counted('outputAudioTokens', outputDetails['audio_tokens']),
    ...counted('outputImageTokens', outputDetails['image_tokens']),
  };
}

/** Usage as this dialect reports it. */
export function encodeUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
