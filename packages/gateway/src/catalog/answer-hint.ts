import type { Usage } from '../core/usage.ts';

/** What requests of one key to one model were like lately: peaks that fade, so that they lie above most of what comes. */
export interface AnswerHint {
  readonly inputTokensPerByte: number;
  readonly outputTokens: number;
}

/** How much of a peak is left after another answer. */
const kept = 0.9;

/** The hint after one more answer whose usage the provider told. */
export function learnAnswer(before: AnswerHint | undefined, bodyBytes: number, usage: Usage): AnswerHint | undefined {
  if (usage.estimated === true || bodyBytes <= 0 || usage.inputTokens <= 0) return before;
  const inputTokensPerByte = usage.inputTokens / bodyBytes;
  return {
    inputTokensPerByte: Math.max(inputTokensPerByte, (before?.inputTokensPerByte ?? 0) * kept),
    outputTokens: Math.max(usage.outputTokens, (before?.outputTokens ?? 0) * kept),
  };
}
