import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { noUsage } from '../../core/usage.ts';
import { counted, servedAs } from '../shared/usage-fields.ts';
import { type FieldName, numberField, objectField, objectsField, stringField } from './types.ts';

/** Tokens as a chunk reports them, cumulative. Undefined where it reports none (some chunks hold only a traffic type). */
export function usageOf(chunk: JsonObject): Usage | undefined {
  const usage = objectField(chunk, 'usageMetadata');
  const prompt = usage && numberField(usage, 'promptTokenCount');
  if (!usage || prompt === undefined) return undefined;
  const thoughts = numberField(usage, 'thoughtsTokenCount') ?? 0;
  return {
    ...noUsage,
    // What a built-in tool fed to the model is not part of the prompt's count, but is billed as input.
    inputTokens: prompt + (numberField(usage, 'toolUsePromptTokenCount') ?? 0),
    outputTokens: (numberField(usage, 'candidatesTokenCount') ?? 0) + thoughts,
    cachedInputTokens: numberField(usage, 'cachedContentTokenCount') ?? 0,
    reasoningTokens: thoughts,
    ...counted('inputAudioTokens', tokensOf(usage, 'promptTokensDetails', 'AUDIO')),
    ...counted('inputImageTokens', tokensOf(usage, 'promptTokensDetails', 'IMAGE')),
    ...counted('cachedAudioTokens', tokensOf(usage, 'cacheTokensDetails', 'AUDIO')),
    ...counted('cachedImageTokens', tokensOf(usage, 'cacheTokensDetails', 'IMAGE')),
    ...counted('outputAudioTokens', tokensOf(usage, 'candidatesTokensDetails', 'AUDIO')),
    ...counted('outputImageTokens', tokensOf(usage, 'candidatesTokensDetails', 'IMAGE')),
    ...servedAs(trafficTier(stringField(usage, 'trafficType'))),
  };
}

function tokensOf(usage: JsonObject, list: FieldName, modality: string): number | undefined {
  const entry = objectsField(usage, list).find((each) => each['modality'] === modality);
  return entry && numberField(entry, 'tokenCount');
}

/** `ON_DEMAND_FLEX` → `flex`: Vertex names its tiers by how the traffic is paid for. */
function trafficTier(type: string | undefined): string | undefined {
  return type === 'ON_DEMAND' ? undefined : type?.replace(/^ON_DEMAND_/, '').toLowerCase();
}

/** Tokens as a caller of this dialect reads them. */
export function usageMetadata(usage: Usage): JsonObject {
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: Math.max(0, usage.outputTokens - usage.reasoningTokens),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedInputTokens > 0 ? { cachedContentTokenCount: usage.cachedInputTokens } : {}),
    ...(usage.reasoningTokens > 0 ? { thoughtsTokenCount: usage.reasoningTokens } : {}),
  };
}
