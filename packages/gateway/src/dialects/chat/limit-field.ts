import type { EncodeTarget } from '../dialect.ts';

/** How this vendor calls the output limit: OpenAI has a new name for it, which most others do not know. */
export function limitField({ quirks, issuer }: Pick<EncodeTarget, 'issuer' | 'quirks'>): string {
  return quirks.maxTokensField ?? (issuer === 'openai' ? 'max_completion_tokens' : 'max_tokens');
}
