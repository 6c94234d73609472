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
  /** Parts of the input, the cached input and the output that are no text, where the provider tells them apart. */
  readonly inputAudioTokens?: number;
  readonly inputImageTokens?: number;
  readonly cachedAudioTokens?: number;
  readonly cachedImageTokens?: number;
  readonly outputAudioTokens?: number;
  readonly outputImageTokens?: number;
  /** What is billed by the piece, beside tokens or instead of them. */
  readonly units?: UnitCounts;
  /** How the provider says that it served: `default`, `flex`, `priority`, `batch`, `fast` … in its own word. */
  readonly serviceTier?: string;
}

/** What providers bill by the piece. A search is one of the web by the provider, a rerank one query of the rerank operation. */
export const billedUnits = ['web-search', 'image', 'second', 'character', 'request', 'rerank', 'page'] as const;

export type BilledUnit = (typeof billedUnits)[number];

/** How many of each. May have fractions (seconds). */
export type UnitCounts = Readonly<Partial<Record<BilledUnit, number>>>;

export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 0,
};
