import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { connect, type Api, type ConnectionFlags } from './connection.ts';
import { addFieldOptions, bodyOf } from './field-options.ts';
import { CommandError, type CommandIo, painter } from './io.ts';
import { type KindCommands, shown } from './kinds.ts';
import { table } from './table.ts';
import { withConnection } from './with-connection.ts';

type Flags = ConnectionFlags & Readonly<Record<string, unknown>>;

/** `turnpike keys list|get|create|update|delete` and so on. */
export function addResourceCommands(program: Command, group: KindCommands, io: CommandIo): void {
  const { kind, word, noun } = group;
  const path = `/api/v1/${kind.replaceAll('_', '-')}`;
  const commands = program.command(word).description(`manage ${noun}s`);
  const add = (usage: string, description: string) => withConnection(commands.command(usage).description(description));

  add('list', `list ${noun}s`)
    .option('-q, --query <text>', 'part of the id or the name')
    .option('--filter <field=value...>', 'only those with this value, such as team=core')
    .option('--limit <number>', 'how many at most', '100')
    .option('--all', 'all of them')
    .action(async (flags: Flags) => list(await connect(flags, io), { path, group, flags, io }));
  add('get <id>', `show a ${noun}, by its id or name`).action(async (id: string, flags: Flags) => {
    const api = await connect(flags, io);
    show(await api.call('GET', await pathOf(api, path, id)), flags, io);
  });
  const create = addFieldOptions(add('create', `create a ${noun}`), kind);
  if (kind === 'virtual_keys') create.option('--value <text>', 'a value of your own; left out, one is made');
  create.option('--dry-run', 'check everything and change nothing').action(async (flags: Flags) => {
    const body = withValue(bodyOf(kind, flags), flags);
    const api = await connect(flags, io);
    show(await api.call('POST', path, { body, query: dryRun(flags) }), flags, io);
  });
  addFieldOptions(add('update <id>', `change fields of a ${noun}`), kind)
    .option('--unset <fields>', 'fields to take away, separated by commas')
    .option('--dry-run', 'check everything and change nothing')
    .action(async (id: string, flags: Flags) => {
      const { id: _id, ...fields } = bodyOf(kind, flags);
      const patch = { ...fields, ...nulls(flags['unset']) };
      if (Object.keys(patch).length === 0)
        throw new CommandError('There is nothing to change. Name fields, such as --name.');
      const api = await connect(flags, io);
      show(await api.call('PATCH', await pathOf(api, path, id), { body: patch, query: dryRun(flags) }), flags, io);
    });
  add('delete <id>', `delete a ${noun}`)
    .option('--cascade', 'with everything that names it')
    .option('--dry-run', 'tell what would be deleted')
    .action(async (id: string, flags: Flags) => {
      const api = await connect(flags, io);
      const query = { ...dryRun(flags), cascade: flags['cascade'] === true ? 'true' : undefined };
      tellDeleted(await api.call('DELETE', await pathOf(api, path, id), { query }), flags, io);
    });
  if (kind === 'virtual_keys') addKeyCommands(add, path, io);
}

function addKeyCommands(add: (usage: string, description: string) => Command, path: string, io: CommandIo): void {
  add('rotate <id>', 'give a virtual key a new value')
    .option('--grace <seconds>', 'how long the old value goes on working', '0')
    .action(async (id: string, flags: Flags) => {
      const seconds = Number(flags['grace']);
      if (!Number.isInteger(seconds)) throw new CommandError('--grace wants a number of seconds.');
      const api = await connect(flags, io);
      show(
        await api.call('POST', `${await pathOf(api, path, id)}/rotate`, { body: { grace_seconds: seconds } }),
        flags,
        io,
      );
    });
  for (const verb of ['disable', 'enable']) {
    add(`${verb} <id>`, verb === 'disable' ? 'refuse all requests of a virtual key' : 'let it in again').action(
      async (id: string, flags: Flags) => {
        const api = await connect(flags, io);
        show(await api.call('POST', `${await pathOf(api, path, id)}/${verb}`), flags, io);
      },
    );
  }
}

interface Listing {
  readonly path: string;
  readonly group: KindCommands;
  readonly flags: Flags;
  readonly io: CommandIo;
}

async function list(api: Api, { path, group, flags, io }: Listing): Promise<void> {
  const wanted = flags['all'] === true ? Number.POSITIVE_INFINITY : Number(flags['limit']);
  if (!(wanted >= 1)) throw new CommandError('--limit wants a number.');
  const items: JsonObject[] = [];
  let next: string | undefined;
  do {
    const query = {
      ...filters(flags['filter']),
      q: textOr(flags['query']),
      after: next,
      limit: String(Math.min(wanted - items.length, 1000)),
    };
    const page = await api.call('GET', path, { query });
    items.push(...objectsIn(page['items']));
    next = textOr(page['next']);
  } while (next !== undefined && items.length < wanted);
  if (flags.json === true) return io.out(`${JSON.stringify(items, undefined, 2)}\n`);
  if (items.length === 0)
    return io.out(
      `There are no ${group.noun}s${flags['query'] === undefined && flags['filter'] === undefined ? '' : ' like that'}.\n`,
    );
  const titles = Object.keys(group.columns);
  io.out(
    table(
      titles,
      items.map((item) => Object.values(group.columns).map((column) => column(item))),
      io.columns,
    ),
  );
  if (next !== undefined) io.err(`There are more: use --all or --limit.\n`);
}

function filters(given: unknown): Record<string, string> {
  const texts = Array.isArray(given) ? given.map(String) : [];
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new CommandError(`--filter wants field=value, not "${text}".`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** The address of what people call by its id or its name. */
async function pathOf(api: Api, path: string, called: string): Promise<string> {
  const named = await api.call('GET', path, { query: { name: called, limit: '1' } });
  const id = textOr(objectsIn(named['items'])[0]?.['id']) ?? called;
  return `${path}/${encodeURIComponent(id)}`;
}

function show(resource: JsonObject, flags: Flags, io: CommandIo): void {
  if (flags.json === true) return io.out(`${JSON.stringify(resource, undefined, 2)}\n`);
  const paint = painter(io);
  const { value, warnings, ...fields } = resource;
  const rows = Object.entries(fields).filter(([, each]) => !isEmpty(each));
  const width = Math.max(...rows.map(([name]) => name.length));
  io.out(rows.map(([name, each]) => `${paint('dim', name.padEnd(width))}  ${shownDeep(each)}\n`).join(''));
  for (const warning of Array.isArray(warnings) ? warnings : [])
    io.err(`${paint('yellow', 'warning:')} ${shown(warning)}\n`);
  if (typeof value !== 'string') return;
  io.out(`\n${paint('bold', value)}\n`);
  io.err('This is the key’s value. It is shown this once: keep it now.\n');
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === '' || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Values of keys by their hints, scopes by their fields. */
function shownDeep(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(shownDeep).join(', ');
  if (!isJsonObject(value)) return shown(value);
  if ('hint' in value) return Object.values(value).map(shown).join(' until ');
  return Object.entries(value)
    .map(([name, each]) => `${name} ${shown(each)}`)
    .join(', ');
}

function tellDeleted({ changes }: JsonObject, flags: Flags, io: CommandIo): void {
  if (flags.json === true) return io.out(`${JSON.stringify(changes, undefined, 2)}\n`);
  const done = flags['dryRun'] === true ? 'Would be' : 'Is';
  for (const { did, kind, id } of objectsIn(changes))
    io.out(`${done} ${did === 'delete' ? 'deleted' : 'changed'}: ${shown(kind)}/${shown(id)}\n`);
}

function dryRun(flags: Flags) {
  return { dry_run: flags['dryRun'] === true ? 'true' : undefined };
}

function withValue(body: JsonObject, flags: Flags): JsonObject {
  const { value } = flags;
  return typeof value === 'string' ? { ...body, value } : body;
}

function nulls(fields: unknown): JsonObject {
  return typeof fields === 'string' ? Object.fromEntries(fields.split(',').map((name) => [name.trim(), null])) : {};
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
