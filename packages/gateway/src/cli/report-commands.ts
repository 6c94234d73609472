import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { connect, type ConnectionFlags } from './connection.ts';
import type { CommandIo } from './io.ts';
import { shown } from './kinds.ts';
import { table } from './table.ts';
import { withConnection } from './with-connection.ts';

type Flags = ConnectionFlags & Readonly<Record<string, string | boolean | undefined>>;
type Columns = Readonly<Record<string, (item: JsonObject) => string>>;

const owners = ['key', 'user', 'team', 'organization'] as const;

/** `turnpike usage`, `standings`, `records` and `audit`: what happened. */
export function addReportCommands(program: Command, io: CommandIo): void {
  const add = (name: string, description: string) => withConnection(program.command(name).description(description));
  withOwners(add('usage', 'sum up requests, tokens and cost'))
    .option(
      '--by <fields>',
      'key, user, team, organization, provider, model, agent, day or hour; several with commas',
      'model',
    )
    .option('--since <date>', 'from this moment on')
    .option('--until <date>', 'until just before this moment')
    .action(async (flags: Flags) => {
      const by = String(flags['by']);
      const groups = by.split(',').map((word) => word.trim());
      const columns: Columns = {
        ...Object.fromEntries(
          groups.map((group) => [group.toUpperCase(), (item: JsonObject) => timeOf(shown(item[group]))]),
        ),
        REQUESTS: field('requests'),
        FAILED: field('failed'),
        INPUT: field('input_tokens'),
        CACHED: field('cached_input_tokens'),
        OUTPUT: field('output_tokens'),
        COST: (item) => `$${shown(item['cost_dollars'])}`,
      };
      await report(
        '/api/v1/usage',
        { ...picked(flags, [...owners, 'since', 'until']), group_by: by },
        { columns, flags, io },
      );
    });
  withOwners(add('standings', 'tell how budgets and rate limits stand')).action(async (flags: Flags) => {
    const columns: Columns = {
      LIMIT: field('name'),
      OF: (item) => [shown(item['level']), shown(item['of'])].join(' ').trim(),
      UNIT: field('unit'),
      EVERY: field('every'),
      USED: field('used'),
      HELD: field('held'),
      LEFT: field('remaining'),
      RESETS: (item) => timeOf(shown(item['resets_at'])),
    };
    await report('/api/v1/standings', picked(flags, owners), { columns, flags, io });
  });
  withOwners(add('records', 'list the latest requests'))
    .option('--limit <number>', 'how many at most', '20')
    .action(async (flags: Flags) => {
      const columns: Columns = {
        TIME: (item) => timeOf(new Date(Number(item['startedAt'])).toISOString()),
        KEY: field('key'),
        MODEL: (item) => shown(item['modelAsked'] ?? item['model']),
        PROVIDER: field('provider'),
        STATUS: field('status'),
        OUTCOME: field('outcome'),
        MS: (item) => String(Math.round(Number(item['durationMs']))),
      };
      await report('/api/v1/records', picked(flags, [...owners, 'limit']), { columns, flags, io });
    });
  add('audit', 'list who changed what')
    .option('--id <id>', 'of this resource')
    .option('--actor <name>', 'by this token')
    .option('--limit <number>', 'how many at most', '20')
    .action(async (flags: Flags) => {
      const columns: Columns = {
        TIME: (item) => timeOf(shown(item['at'])),
        ACTOR: field('actor'),
        ACTION: field('action'),
        RESOURCE: field('id'),
        FROM: field('source_ip'),
      };
      await report('/api/v1/audit-events', picked(flags, ['id', 'actor', 'limit']), { columns, flags, io });
    });
}

function withOwners(command: Command): Command {
  for (const owner of owners) command.option(`--${owner} <id>`, `only of this ${owner}`);
  return command;
}

function picked(flags: Flags, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, typeof flags[name] === 'string' ? flags[name] : undefined]));
}

interface Report {
  readonly columns: Columns;
  readonly flags: Flags;
  readonly io: CommandIo;
}

async function report(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  { columns, flags, io }: Report,
): Promise<void> {
  const api = await connect(flags, io);
  const items = objectsIn((await api.call('GET', path, { query }))['items']);
  if (flags.json === true) return io.out(`${JSON.stringify(items, undefined, 2)}\n`);
  if (items.length === 0) return io.out('There is nothing to show.\n');
  const rows = items.map((item) => Object.values(columns).map((column) => column(item)));
  io.out(table(Object.keys(columns), rows, io.columns));
}

const field = (name: string) => (item: JsonObject) => shown(item[name]);

/** `2027-01-31 18:00` of a moment; anything else stays. */
function timeOf(text: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(text)
    ? text
        .slice(0, 16)
        .replace('T', ' ')
        .replace(/ 00:00$/, '')
    : text;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
