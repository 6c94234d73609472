import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { readQuery } from './read-request.ts';
import type { LiteLlmRoute, LiteLlmTools } from './route.ts';
import { dayOf, filterFields, filterOf, sums, totals } from './spend-filter.ts';
import { dollars } from './spending.ts';

/** `/global/*`: what all have spent together. */
export function globalRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const read = { method: 'GET', permission: 'records:read' } as const;
  return [
    { ...read, path: '/global/spend', handle: ({ query }) => wholeSpend(query, tools) },
    { ...read, path: '/global/spend/keys', handle: ({ query }) => globalBy('key', query, tools) },
    { ...read, path: '/global/spend/models', handle: ({ query }) => globalBy('modelAsked', query, tools) },
    { ...read, path: '/global/spend/teams', handle: ({ query }) => globalBy('team', query, tools) },
    { ...read, path: '/global/spend/provider', handle: ({ query }) => globalBy('provider', query, tools) },
    { ...read, path: '/global/spend/logs', handle: ({ query }) => spendPerDay(query, tools) },
    { ...read, path: '/global/activity', handle: ({ query }) => activity(query, tools) },
  ];
}

async function wholeSpend(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const [sum] = await totals(filterOf(readQuery(z.object(filterFields), query), tools), [], tools);
  const whole = [...tools.directory.list('budgets')].find(
    ({ scope, per, dollars: limit }) => limit !== undefined && per === undefined && Object.keys(scope).length === 0,
  );
  return { spend: dollars(sum?.costNanoDollars ?? 0n), max_budget: whole ? Number(whole.dollars) : null };
}

const nameFields = { key: 'api_key', modelAsked: 'model', team: 'team_id', provider: 'provider' } as const;

async function globalBy(by: keyof typeof nameFields, query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const found = await sums(by, query, tools);
  return found.map(({ name, spend, of }) => ({
    ...(by === 'key' ? aliasOf(name, tools) : {}),
    [nameFields[by]]: name,
    total_spend: spend,
    ...(by === 'provider' ? { spend } : {}),
    total_tokens: Number(of.inputTokens + of.outputTokens),
  }));
}

function aliasOf(key: string | null, { directory }: LiteLlmTools): JsonObject {
  const known = key === null ? undefined : directory.get('virtual_keys', key);
  return { key_alias: known?.name ?? null, key_name: null };
}

async function perDay(query: URLSearchParams, tools: LiteLlmTools) {
  const filter = filterOf(readQuery(z.object(filterFields), query), tools);
  const found = await totals(filter, ['day'], tools);
  return found
    .map((each) => ({ date: dayOf(each.group.day), of: each }))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

async function spendPerDay(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  return (await perDay(query, tools)).map(({ date, of }) => ({ date, spend: dollars(of.costNanoDollars) }));
}

async function activity(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const days = (await perDay(query, tools)).map(({ date, of }) => ({
    date,
    api_requests: Number(of.requests),
    total_tokens: Number(of.inputTokens + of.outputTokens),
  }));
  return {
    daily_data: days,
    sum_api_requests: days.reduce((sum, day) => sum + day.api_requests, 0),
    sum_total_tokens: days.reduce((sum, day) => sum + day.total_tokens, 0),
  };
}
