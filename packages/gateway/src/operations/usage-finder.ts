import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { noUsage, type UnitCounts, type Usage } from '../core/usage.ts';
import { createJsonScanner } from '../wire/json-scanner.ts';

/** Looks for what an answer tells of its tokens while the answer passes. */
export interface UsageFinder {
  push(chunk: Buffer): void;
  /** As far as the answer has told. */
  usage(): Usage | undefined;
}

/** Providers tell it near the beginning or the end; what lies between may be vectors and pictures of any size. */
const keptBytes = 64 * 1024;

/** Keys whose objects count tokens. Inside a JSON string the quotes would be escaped, so this finds only keys. */
const counting = /"(?:usage|usageMetadata|billed_units)"\s*:\s*(?=\{)/g;

/** A finder that keeps no more of an answer than its two ends. */
export function createUsageFinder(): UsageFinder {
  let head: Buffer = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);

  return {
    push(chunk) {
      const room = keptBytes - head.length;
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      const rest = room > 0 ? chunk.subarray(room) : chunk;
      if (rest.length > 0) tail = Buffer.concat([tail, rest]).subarray(-keptBytes);
    },
    usage() {
      // The last one holds: a stream may tell it again and again.
      return lastUsage(tail.length <= keptBytes ? Buffer.concat([head, tail]) : tail) ?? lastUsage(head);
    },
  };
}

function lastUsage(bytes: Buffer): Usage | undefined {
  const text = bytes.toString('latin1');
  const scanner = createJsonScanner(bytes);
  let found: Usage | undefined;
  for (const { index, 0: key } of text.matchAll(counting)) {
    const start = index + key.length;
    const value = parseJson(bytes.toString('utf8', start, endOf(scanner, start)));
    found = (isJsonObject(value) ? usageIn(value) : undefined) ?? found;
  }
  return found;
}

/** Where a cut end leaves an object open, nothing is found. */
function endOf(scanner: ReturnType<typeof createJsonScanner>, start: number): number {
  try {
    return scanner.valueEnd(start);
  } catch {
    return start;
  }
}

/** Tokens in any vendor's words, or undefined where none are counted. */
function usageIn(counts: JsonObject): Usage | undefined {
  const input = first(counts, ['prompt_tokens', 'input_tokens', 'promptTokenCount']);
  const output = first(counts, ['completion_tokens', 'output_tokens', 'candidatesTokenCount']);
  // Where there is only a sum, as with embeddings, all of it was input.
  const total = first(counts, ['total_tokens', 'totalTokenCount']);
  const units = unitsIn(counts);
  if (input === undefined && output === undefined && total === undefined && units === undefined) return undefined;
  const details = [counts['prompt_tokens_details'], counts['input_tokens_details']].find(isJsonObject);
  return {
    ...noUsage,
    inputTokens: input ?? Math.max(0, (total ?? 0) - (output ?? 0)),
    outputTokens: output ?? 0,
    cachedInputTokens: (details && first(details, ['cached_tokens'])) ?? 0,
    ...(details ? modalitiesIn(details) : {}),
    ...(units ? { units } : {}),
  };
}

/** Input that is no text has a price of its own. */
function modalitiesIn(details: JsonObject): Pick<Usage, 'inputAudioTokens' | 'inputImageTokens'> {
  const audio = first(details, ['audio_tokens']) ?? 0;
  const image = first(details, ['image_tokens']) ?? 0;
  return { ...(audio > 0 ? { inputAudioTokens: audio } : {}), ...(image > 0 ? { inputImageTokens: image } : {}) };
}

/** What is billed by the piece: Cohere's searches of a rerank, OpenAI's seconds of a transcription. */
function unitsIn(counts: JsonObject): UnitCounts | undefined {
  const rerank = first(counts, ['search_units']) ?? 0;
  const second = first(counts, ['seconds']) ?? 0;
  if (rerank + second === 0) return undefined;
  return { ...(rerank > 0 ? { rerank } : {}), ...(second > 0 ? { second } : {}) };
}

function first(counts: JsonObject, keys: readonly string[]): number | undefined {
  const value = keys.map((key) => counts[key]).find((each) => typeof each === 'number');
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
