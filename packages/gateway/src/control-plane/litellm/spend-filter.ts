import { z } from 'zod';
import type { RecordFilter } from '../../store/record-queries.ts';
import type { UsageField, UsageTotal } from '../../store/usage-totals.ts';
import { LiteLlmFailure, notSupported } from './failure.ts';
import { findKey } from './find-key.ts';
import { number, readQuery, text } from './read-request.ts';
import type { LiteLlmTools } from './route.ts';
import { dollars } from './spending.ts';

/** Which records a query may ask for. */
export const filterFields = {
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
export function filterOf(wanted: Wanted, tools: LiteLlmTools): RecordFilter {
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

/** Sums over records, the largest first. */
export async function totals(
  filter: RecordFilter,
  by: readonly UsageField[],
  { store }: LiteLlmTools,
): Promise<readonly UsageTotal[]> {
  await store.records.flush();
  const found = await store.records.totals(filter, by);
  return found.toSorted((a, b) => Number(b.costNanoDollars - a.costNanoDollars));
}

const limitQuery = z.object({ ...filterFields, limit: number.pipe(z.int().min(1).max(1000)).default(100) });

/** The largest sums by a field, as many as a query wants. */
export async function sums(by: UsageField, query: URLSearchParams, tools: LiteLlmTools) {
  const { limit, ...wanted } = readQuery(limitQuery, query);
  const found = await totals(filterOf(wanted, tools), [by], tools);
  return found
    .slice(0, limit)
    .map((each) => ({ name: each.group[by] ?? null, spend: dollars(each.costNanoDollars), of: each }));
}

/** A day as dates are written. */
export function dayOf(startMs: string | null | undefined): string {
  return new Date(Number(startMs ?? 0)).toISOString().slice(0, 10);
}
