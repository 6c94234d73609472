import { isJsonObject, type Json } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';

/**
 * The usage in a `message-end` or a whole answer. What counts is what is billed: `tokens` also has what Cohere itself puts in front of
 * every request, some 1,400 tokens. They stand first, so a cached prefix covers them before anything that is billed.
 */
export function usageOf(value: Json | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const seen = countsIn(value['tokens']);
  const billed = countsIn(value['billed_units']) ?? seen;
  if (!billed) return undefined;
  const unbilled = Math.max(0, (seen ?? billed).input - billed.input);
  return {
    inputTokens: billed.input,
    outputTokens: billed.output,
    cachedInputTokens: Math.min(billed.input, Math.max(0, count(value['cached_tokens']) - unbilled)),
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
    reasoningTokens: 0,
  };
}

function countsIn(value: Json | undefined): { readonly input: number; readonly output: number } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { input_tokens: input, output_tokens: output } = value;
  if (typeof input !== 'number' && typeof output !== 'number') return undefined;
  return { input: count(input), output: count(output) };
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
