import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { servedAs } from '../shared/usage-fields.ts';

/** The usage in a `metadata` event or a whole answer. Cached input is counted apart from `inputTokens`; here it is part of the input. */
export function usageOf(holder: JsonObject): Usage | undefined {
  const usage = holder['usage'];
  if (!isJsonObject(usage)) return undefined;
  const cached = count(usage['cacheReadInputTokens']);
  const written = count(usage['cacheWriteInputTokens']);
  const tier = isJsonObject(holder['serviceTier']) ? holder['serviceTier']['type'] : undefined;
  return {
    inputTokens: count(usage['inputTokens']) + cached + written,
    outputTokens: count(usage['outputTokens']),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    cacheWriteLongTokens: writtenLong(usage['cacheDetails']),
    reasoningTokens: 0,
    ...servedAs(tier),
  };
}

function writtenLong(details: Json | undefined): number {
  const entries = Array.isArray(details) ? details.filter(isJsonObject) : [];
  return entries.reduce((sum, { ttl, inputTokens }) => sum + (ttl === '1h' ? count(inputTokens) : 0), 0);
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
