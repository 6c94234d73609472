import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { JsonObject } from '../../core/json.ts';
import { timeOf } from './rows.ts';
import { dollars } from './spending.ts';

/** An exchange as a line of LiteLLM's spend log. */
export function describeRecord(record: ExchangeRecord): JsonObject {
  const { usage, startedAt, durationMs, firstTokenMs } = record;
  const inputTokens = usage?.inputTokens ?? 0;
  const outputTokens = usage?.outputTokens ?? 0;
  return {
    request_id: record.id,
    call_type: record.operation ?? callTypes[record.dialect] ?? record.dialect,
    api_key: record.keyId ?? null,
    spend: dollars(BigInt(record.costNanoDollars ?? 0)),
    total_tokens: inputTokens + outputTokens,
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    startTime: timeOf(startedAt),
    endTime: timeOf(startedAt + durationMs),
    completionStartTime: firstTokenMs === undefined ? null : timeOf(startedAt + firstTokenMs),
    model: record.model ?? record.modelAsked ?? '',
    model_group: record.modelAsked ?? null,
    model_id: null,
    custom_llm_provider: record.provider ?? null,
    api_base: null,
    user: record.user ?? '',
    team_id: record.team ?? null,
    organization_id: record.organization ?? null,
    end_user: null,
    session_id: record.session ?? null,
    request_tags: record.tags ?? [],
    cache_hit: 'None',
    cache_key: null,
    status: record.outcome === 'done' || record.outcome === 'incomplete' ? 'success' : 'failure',
    metadata: {
      user_api_key_alias: record.key ?? null,
      user_api_key_user_id: record.user ?? null,
      user_api_key_team_id: record.team ?? null,
    },
  };
}

const callTypes: Readonly<Record<string, string>> = {
  chat: 'acompletion',
  responses: 'aresponses',
  messages: 'anthropic_messages',
  gemini: 'agenerate_content',
};
