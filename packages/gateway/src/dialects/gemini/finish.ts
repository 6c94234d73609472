import type { StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import { objectField, stringField } from './types.ts';

/** https://ai.google.dev/api/generate-content#FinishReason */
const stops: Readonly<Record<string, StopReason>> = {
  STOP: 'complete',
  MAX_TOKENS: 'max-output-tokens',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/** The model wrote something that Google could not make an answer of. Trying again often helps; taking it for an end would stop the agent's work. */
const garbled: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
]);

/** The failure for an answer that stops without an end. */
export function unfinished(): Failure {
  return new Failure('upstream-cut', 'Gemini ended its answer in the middle, without a finish reason.');
}

/** Why a candidate ended, or undefined while it goes on. `told` says whether it has brought anything to show or to do. */
export function endOf(candidate: JsonObject, told: boolean): StopReason | Failure | undefined {
  const reason = stringField(candidate, 'finishReason');
  if (reason === undefined || reason === 'FINISH_REASON_UNSPECIFIED') return undefined;
  const message = stringField(candidate, 'finishMessage');
  const because = message === undefined ? reason : `${reason}: ${message}`;
  if (garbled.has(reason)) return new Failure('upstream-garbled', `Gemini gave up on its own answer (${because}).`);
  const stop = stops[reason] ?? 'other';
  if (stop === 'content-filter' && !told) {
    return new Failure('upstream-content-refused', `Gemini refused to answer (${because}).`);
  }
  return stop;
}

/** The failure of a prompt that Google did not let through to the model, or undefined. */
export function blockOf(chunk: JsonObject): Failure | undefined {
  const feedback = objectField(chunk, 'promptFeedback');
  const reason = feedback && stringField(feedback, 'blockReason');
  if (!reason || reason === 'BLOCK_REASON_UNSPECIFIED') return undefined;
  const message = stringField(feedback, 'blockReasonMessage');
  const because = message === undefined ? reason : `${reason}: ${message}`;
  return new Failure('upstream-content-refused', `Gemini refused the request (${because}).`);
}
