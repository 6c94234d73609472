/**
 * Tokens of one answer. `inputTokens` includes cached reads and cache writes; `outputTokens` includes reasoning.
 * `estimated` says that the provider did not report and we counted ourselves.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  /** Cache writes kept for an hour, part of `cacheWriteTokens`; priced higher by some. */
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  readonly estimated?: boolean;
}

export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 0,
};
