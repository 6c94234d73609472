import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { RecordFilter } from '../../store/record-queries.ts';
import type { UsageField } from '../../store/usage-totals.ts';
import { momentQuery } from '../http/moment.ts';
import { noQuery, pageQuery, type Route, route } from '../http/route.ts';
import { listOf } from '../http/schemas.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';
import { groupWords, shownTotal } from '../usage-view.ts';

const text = (description: string) => z.string().min(1).max(500).optional().meta({ description });

const filters = {
  since: momentQuery.meta({ description: 'From this moment on: `2027-01-31` or `2027-01-31T18:00:00Z`.' }),
  until: momentQuery.meta({ description: 'Until just before this moment.' }),
  key: text('A virtual key’s id.'),
  user: text('A user’s id.'),
  team: text('A team’s id.'),
  organization: text('An organization’s id.'),
  tag: text('A label.'),
  session: text('An agent’s session.'),
  agent: text('`codex`, `claude-code` and so on.'),
  model_asked: text('The model’s name as it was asked for.'),
  provider: text('Who answered.'),
  model: text('The provider’s own name of the model that answered.'),
  outcome: z.enum(['done', 'incomplete', 'failed', 'abandoned']).optional().meta({ description: 'How it ended.' }),
};

type Filters = z.output<z.ZodObject<typeof filters>>;

function filterOf({ model_asked: modelAsked, ...rest }: Filters): RecordFilter {
  return { ...rest, modelAsked };
}

/** What was asked and answered, and its sums. */
export function recordRoutes({ store }: ControlPorts): readonly Route[] {
  const common = { method: 'GET', permission: 'records:read', tag: 'records' } as const;
  return [
    route({
      ...common,
      path: '/api/v1/records',
      summary: 'List requests',
      description: 'Newest first. Prompts and answers are not in them.',
      query: z.strictObject({ ...filters, ...pageQuery }),
      answer: { status: 200, description: 'One record for each request.', schema: listOf({ type: 'object' }) },
      async handle({ query: { limit, after, ...rest } }) {
        await store.records.flush();
        const { items, next } = await store.records.list(filterOf(rest), { limit, after });
        const plain: JsonObject[] = JSON.parse(JSON.stringify(items));
        return { body: { items: plain, ...(next === undefined ? {} : { next }) } };
      },
    }),
    route({
      ...common,
      path: '/api/v1/records/{id}',
      summary: 'Tell one request',
      description: 'By the id that its answer had in `x-request-id`. `route` tells why it went where it went.',
      query: noQuery,
      answer: { status: 200, description: 'Its record.', schema: { type: 'object' } },
      async handle({ params: { id } }) {
        await store.records.flush();
        const { items } = await store.records.list({ id }, { limit: 1 });
        if (!items[0]) throw new Refused('not-found', `There is no record of the request \`${id}\`.`);
        const plain: JsonObject = JSON.parse(JSON.stringify(items[0]));
        return { body: plain };
      },
    }),
    route({
      ...common,
      path: '/api/v1/usage',
      summary: 'Sum up requests, tokens and cost',
      description: `\`group_by\`: any of ${Object.keys(groupWords).join(', ')}, separated by commas. Days and hours are in UTC. Largest number of requests first.`,
      query: z.strictObject({
        ...filters,
        group_by: z
          .string()
          .max(200)
          .default('')
          .meta({ description: 'Such as `team,model`. Left out: one sum of everything.' }),
      }),
      answer: { status: 200, description: 'One sum for each group.', schema: listOf(usageSchema) },
      async handle({ query: { group_by: groupBy, ...rest } }) {
        const fields = fieldsIn(groupBy);
        await store.records.flush();
        const totals = await store.records.totals(filterOf(rest), fields);
        return { body: { items: totals.map(shownTotal) } };
      },
    }),
  ];
}

function fieldsIn(groupBy: string): readonly UsageField[] {
  const words = groupBy.split(',').map((word) => word.trim());
  return words.flatMap((word) => {
    if (word === '') return [];
    const field = Object.hasOwn(groupWords, word) ? groupWords[word] : undefined;
    if (field) return [field];
    const message = `may have ${Object.keys(groupWords).join(', ')}, not \`${word}\``;
    throw new Refused('invalid', `group_by: ${message}`, [{ path: 'group_by', message }]);
  });
}

const usageSchema = {
  type: 'object',
  properties: {
    requests: { type: 'integer' },
    failed: { type: 'integer', description: 'Of which no answer came to a good end.' },
    input_tokens: { type: 'integer' },
    output_tokens: { type: 'integer' },
    cached_input_tokens: { type: 'integer' },
    cache_write_tokens: { type: 'integer' },
    reasoning_tokens: { type: 'integer' },
    cost_dollars: { type: 'string', description: 'Exact.' },
    unpriced: { type: 'integer', description: 'Requests at a price nobody knows: they are not in the cost.' },
  },
};
