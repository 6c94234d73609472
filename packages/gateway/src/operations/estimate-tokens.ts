import type { JsonObject } from '../core/json.ts';

/** Of English text and code, at every large vendor. */
const bytesPerToken = 4;
/** About what a large picture costs at Anthropic and Google. */
const tokensPerMedium = 1_600;
const longestName = 1_000;
const encoded = /^(?:data:[^,]{0,200},)?[A-Za-z0-9+/_-]+={0,2}$/;

/** About how many tokens a request is: four bytes of its text are one, and every picture or file in it is as many as a large picture. */
export function estimateTokens(request: JsonObject): number {
  let media = 0;
  const text = JSON.stringify(request, (_, value: unknown) => {
    if (typeof value !== 'string' || value.length <= longestName || !encoded.test(value)) return value;
    media += 1;
    return '';
  });
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken) + media * tokensPerMedium;
}
