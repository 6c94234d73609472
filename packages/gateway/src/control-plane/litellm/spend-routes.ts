import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { RecordFilter } from '../../store/record-queries.ts';
import type { UsageField, UsageTotal } from '../../store/usage-totals.ts';
import { describeRecord } from './describe-record.ts';
import { LiteLlmFailure, notSupported } from './failure.ts';
import { findKey } from './find-key.ts';
import { number, readFields, readQuery, text } from './read-request.ts';
import type { LiteLlmRoute, LiteLlmTools } from './route.ts';
import { dollars } from './spending.ts';

/** `/spend/*` and `/global/*`: what was spent, from the records. */
export function spendRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const read = { method: 'GET', permission: 'records:read' } as const;
  return [
    { ...read, path: '/spend/logs', handle: ({ query }) => logs(query, tools) },
    { ...read, path: '/spend/logs/v2', handle: ({ query }) => logPages(query, tools) },
    { ...read, path: '/spend/keys', handle: ({ query }) => spendBy('key', query, tools) },
    { ...read, path: '/spend/users', handle: ({ query }) => spendBy('user', query, tools) },
    { ...read, path: '/spend/tags', handle: ({ query }) => spendByTag(query, tools) },
    { ...read, method: 'POST', path: '/spend/calculate', handle: ({ body }) => calculate(body, tools) },
    { ...read, path: '/global/spend', handle: ({ query }) => wholeSpend(query, tools) },
    { ...read, path: '/global/spend/keys', handle: ({ query }) => globalBy('key', query, tools) },
    { ...read, path: '/global/spend/models', handle: ({ query }) => globalBy('modelAsked', query, tools) },
    { ...read, path: '/global/spend/teams', handle: ({ query }) => globalBy('team', query, tools) },
    { ...read, path: '/global/spend/provider', handle: ({ query }) => globalBy('provider', query, tools) },
    { ...read, path: '/global/spend/logs', handle: ({ query }) => spendPerDay(query, tools) },
    { ...read, path: '/global/activity', handle: ({ query }) => activity(query, tools) },
  ];
}

const filterFields = {
  start_date: text,
  end_date: text,
  api_key: text,
  user_id: text,
  team_id: text,
  model: text,
  request_id: text,
};

type Wanted = Partial<z.output<z.ZodObject<typeof filterFields>>>;

/** Dates are days in UTC, both of them included; moments are taken as they are. */
function filterOf(wanted: Wanted, tools: LiteLlmTools): RecordFilter {
  if (wanted.request_id) throw notSupported('Looking up a `request_id`', 'Look through /spend/logs of its time.');
  const key = wanted.api_key ? findKey(wanted.api_key, tools) : undefined;
  if (wanted.api_key && !key) throw new LiteLlmFailure(404, 'Key not found in database.', 'api_key');
  return {
    since: momentOf(wanted.start_date, 'start_date', 0),
    until: momentOf(wanted.end_date, 'end_date', 86_400_000),
    key: key?.id,
    user: wanted.user_id || undefined,
    team: wanted.team_id || undefined,
    modelAsked: wanted.model || undefined,
  };
}

function momentOf(text: string | null | undefined, field: string, dayMs: number): number | undefined {
  if (!text) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const iso = isDay ? text : text.replace(' ', 'T');
  const moment = Date.parse(/[Zz]|[+-]\d{2}:?\d{2}$/.test(iso) || isDay ? iso : `${iso}Z`);
  if (Number.isNaN(moment)) throw new LiteLlmFailure(400, `${field}: use YYYY-MM-DD, or YYYY-MM-DD HH:MM:SS.`, field);
  return isDay ? moment + dayMs : moment;
}

async function totals(
  filter: RecordFilter,
  by: readonly UsageField[],
  { store }: LiteLlmTools,
): Promise<readonly UsageTotal[]> {
  await store.records.flush();
  const found = await store.records.totals(filter, by);
  return found.toSorted((a, b) => Number(b.costNanoDollars - a.costNanoDollars));
}

const logsQuery = z.object({ ...filterFields, summarize: text });

/** Lines, or with two dates and unless `summarize=false` sums of each day. */
async function logs(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const wanted = readQuery(logsQuery, query);
  const filter = filterOf(wanted, tools);
  const summarizes = wanted.start_date && wanted.end_date && wanted.summarize?.toLowerCase() !== 'false';
  if (summarizes) return summary(filter, tools);
  await tools.store.records.flush();
  const { items } = await tools.store.records.list(filter, { limit: mostLines });
  return items.map(describeRecord);
}

/** Lines that one answer holds; /spend/logs/v2 has pages. */
const mostLines = 1000;

async function summary(filter: RecordFilter, tools: LiteLlmTools): Promise<Json> {
  const days = new Map<string, { spend: number; users: Record<string, number>; models: Record<string, number> }>();
  for (const { group, costNanoDollars } of await totals(filter, ['day', 'user', 'modelAsked'], tools)) {
    const date = dayOf(group.day);
    const day = days.get(date) ?? { spend: 0, users: {}, models: {} };
    const spend = dollars(costNanoDollars);
    days.set(date, day);
    day.spend += spend;
    add(day.users, group.user ?? 'None', spend);
    add(day.models, group.modelAsked ?? 'None', spend);
  }
  return [...days].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([startTime, day]) => ({ startTime, ...day }));
}

function add(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount;
}

function dayOf(startMs: string | null | undefined): string {
  return new Date(Number(startMs ?? 0)).toISOString().slice(0, 10);
}

const pagesQuery = z.object({
  ...filterFields,
  page: number.pipe(z.int().min(1)).default(1),
  page_size: number.pipe(z.int().min(1).max(100)).default(50),
});

async function logPages(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const { page, page_size: size, ...wanted } = readQuery(pagesQuery, query);
  if (page * size > deepestPage)
    throw new LiteLlmFailure(400, `Pages end at ${deepestPage} lines. Narrow the dates.`, 'page');
  const filter = filterOf(wanted, tools);
  const [sum] = await totals(filter, [], tools);
  const { items } = await tools.store.records.list(filter, { limit: page * size });
  const total = Number(sum?.requests ?? 0n);
  const data = items.slice((page - 1) * size).map(describeRecord);
  return { data, total, page, page_size: size, total_pages: Math.ceil(total / size) };
}

/** Pages are counted through from the beginning. */
const deepestPage = 10_000;

const limitQuery = z.object({ ...filterFields, limit: number.pipe(z.int().min(1).max(1000)).default(100) });

async function sums(by: UsageField, query: URLSearchParams, tools: LiteLlmTools) {
  const { limit, ...wanted } = readQuery(limitQuery, query);
  const found = await totals(filterOf(wanted, tools), [by], tools);
  return found
    .slice(0, limit)
    .map((each) => ({ name: each.group[by] ?? null, spend: dollars(each.costNanoDollars), of: each }));
}

async function spendBy(by: 'key' | 'user', query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const found = await sums(by, query, tools);
  return found.map(({ name, spend }) => {
    if (by === 'user') return { user_id: name, spend };
    const key = name === null ? undefined : tools.directory.get('virtual_keys', name);
    return { token: name, key_alias: key?.name ?? null, user_id: key?.user ?? null, team_id: key?.team ?? null, spend };
  });
}

async function spendByTag(query: URLSearchParams, tools: LiteLlmTools): Promise<Json> {
  const filter = filterOf(readQuery(z.object(filterFields), query), tools);
  const tags = new Set<string>();
  for (const kind of ['virtual_keys', 'users', 'teams', 'organizations'] as const) {
    for (const each of tools.directory.list(kind)) for (const tag of each.tags) tags.add(tag);
  }
  if (tags.size > mostTags)
    throw notSupported(`A list of more than ${mostTags} tags`, 'Ask /api/v1/usage for one tag.');
  const found = await Promise.all(
    [...tags].map(async (tag) => ({ tag, of: (await totals({ ...filter, tag }, [], tools))[0] })),
  );
  return found
    .filter(({ of }) => of !== undefined && of.requests > 0n)
    .map(({ tag, of }) => ({
      individual_request_tag: tag,
      log_count: Number(of?.requests ?? 0n),
      total_spend: dollars(of?.costNanoDollars ?? 0n),
    }))
    .toSorted((a, b) => b.total_spend - a.total_spend);
}

const mostTags = 200;

const calculateFields = z.object({
  model: text,
  messages: z.json().optional(),
  completion_response: z
    .looseObject({
      model: text,
      usage: z.looseObject({ prompt_tokens: number.default(0), completion_tokens: number.default(0) }),
    })
    .nullish(),
});

/** What an answer costs. Without an answer nobody knows how long it would become. */
async function calculate(body: JsonObject, { models }: LiteLlmTools): Promise<Json> {
  const { model, completion_response: answer } = readFields(calculateFields, body);
  if (!answer) throw notSupported('An estimate from messages', 'Send `completion_response` with its `usage`.');
  const name = model || answer.model;
  const known = models(undefined).find((each) => each.name === name || each.model === name);
  const { inputCostPerToken: input, outputCostPerToken: output } = known ?? {};
  if (input === undefined || output === undefined)
    throw new LiteLlmFailure(400, `The price of ${name ?? 'no model'} is not known.`, 'model');
  return { cost: answer.usage.prompt_tokens * input + answer.usage.completion_tokens * output };
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
