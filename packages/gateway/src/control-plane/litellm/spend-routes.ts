import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import type { RecordFilter } from '../../store/record-queries.ts';
import { describeRecord } from './describe-record.ts';
import { LiteLlmFailure, notSupported } from './failure.ts';
import { number, readFields, readQuery, text } from './read-request.ts';
import type { LiteLlmRoute, LiteLlmTools } from './route.ts';
import { dayOf, filterFields, filterOf, sums, totals } from './spend-filter.ts';
import { dollars } from './spending.ts';

/** `/spend/*`: what was spent, from the records. */
export function spendRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  const read = { method: 'GET', permission: 'records:read' } as const;
  return [
    { ...read, path: '/spend/logs', handle: ({ query }) => logs(query, tools) },
    { ...read, path: '/spend/logs/v2', handle: ({ query }) => logPages(query, tools) },
    { ...read, path: '/spend/keys', handle: ({ query }) => spendBy('key', query, tools) },
    { ...read, path: '/spend/users', handle: ({ query }) => spendBy('user', query, tools) },
    { ...read, path: '/spend/tags', handle: ({ query }) => spendByTag(query, tools) },
    { ...read, method: 'POST', path: '/spend/calculate', handle: ({ body }) => calculate(body, tools) },
  ];
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
async function calculate(body: JsonObject, tools: LiteLlmTools): Promise<Json> {
  const { model, completion_response: answer } = readFields(calculateFields, body);
  if (!answer) throw notSupported('An estimate from messages', 'Send `completion_response` with its `usage`.');
  const name = model || answer.model;
  const { inputCostPerToken: input, outputCostPerToken: output } = tools.model(name ?? '', undefined) ?? {};
  if (input === undefined || output === undefined)
    throw new LiteLlmFailure(400, `The price of ${name ?? 'no model'} is not known.`, 'model');
  return { cost: answer.usage.prompt_tokens * input + answer.usage.completion_tokens * output };
}
