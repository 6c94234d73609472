import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { RouteExplanation } from '@turnpike/contract/route-explanation';
import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../core/json.ts';
import { connect, type ConnectionFlags } from './connection.ts';
import { CommandError, type CommandIo } from './io.ts';
import { storyOfExplanation, storyOfRecord } from './route-stories.ts';
import { tellStory } from './route-story.ts';
import { withConnection } from './with-connection.ts';

interface ExplainFlags extends ConnectionFlags {
  readonly key?: string;
  readonly user?: string;
  readonly team?: string;
  readonly organization?: string;
  readonly tools?: boolean;
  readonly images?: boolean;
  readonly structuredOutput?: boolean;
  readonly inputTokens?: string;
  readonly kind?: string;
  readonly agent?: string;
  readonly session?: string;
  readonly tag?: readonly string[];
  readonly metadata?: readonly string[];
  readonly header?: readonly string[];
  readonly at?: string;
  readonly file?: string;
  readonly path?: string;
}

/** `turnpike route explain` and `turnpike route show`: why a request goes where it goes. */
export function addRouteCommands(program: Command, io: CommandIo): void {
  const group = program.command('route').description('tell why a request goes where it goes');
  withConnection(group.command('explain [model]').description('tell where a request would go; nothing is sent'))
    .option('--key <id>', 'asked by this virtual key (default: by somebody who may do everything)')
    .option('--user <id>', 'asked by this user')
    .option('--team <id>', 'asked by this team')
    .option('--organization <id>', 'asked by this organization')
    .option('--tag <tag>', 'the caller has this tag besides; may be said again', collected)
    .option('--metadata <name=value>', 'the caller has this metadata besides; may be said again', collected)
    .option('--header <name: value>', 'it comes with this header; may be said again', collected)
    .option('--tools', 'it declares tools')
    .option('--images', 'it has an image in it')
    .option('--structured-output', 'it wants an answer after a JSON schema')
    .option('--input-tokens <number>', 'about how long it is')
    .option('--kind <kind>', 'what it is for: turn, title, compaction, review, subagent …')
    .option('--agent <name>', 'codex, claude-code, gemini-cli, opencode, qwen-code or cursor')
    .option('--session <id>', 'the agent’s session')
    .option('--at <time>', 'when (default: now)')
    .option('--file <file>', 'a real request: the body as the agent sends it, or { path, headers, body }')
    .option('--path <path>', 'where the body of the file is sent, such as /openai/v1/responses')
    .action(async (model: string | undefined, flags: ExplainFlags) => {
      const question = await questionOf(model, flags, io);
      const api = await connect(flags, io);
      const told: RouteExplanation = JSON.parse(await api.text('POST', '/api/v1/route/explain', { body: question }));
      if (flags.json === true) return io.out(`${JSON.stringify(told, undefined, 2)}\n`);
      io.out(tellStory(storyOfExplanation(told), io));
    });
  withConnection(
    group.command('show <request>').description('tell why a request went where it went, by its id'),
  ).action(async (id: string, flags: ConnectionFlags) => {
    const api = await connect(flags, io);
    const record: ExchangeRecord = JSON.parse(await api.text('GET', `/api/v1/records/${encodeURIComponent(id)}`));
    if (flags.json === true) return io.out(`${JSON.stringify(record, undefined, 2)}\n`);
    io.out(tellStory(storyOfRecord(record), io));
  });
}

async function questionOf(model: string | undefined, flags: ExplainFlags, io: CommandIo): Promise<JsonObject> {
  const { key, user, team, organization, tools, images, kind, agent, session, at, file, path } = flags;
  const request = file === undefined ? undefined : await requestIn(file, path, io);
  if (model === undefined && request === undefined) throw new CommandError('Name a model, or a request with --file.');
  const given = { model, key, user, team, organization, tools, images, kind, agent, session, at, request };
  return Object.fromEntries([
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ...(flags.tag === undefined ? [] : [['tags', flags.tag]]),
    ...(flags.metadata === undefined ? [] : [['metadata', fieldsIn('--metadata', flags.metadata, '=', valueIn)]]),
    ...(flags.header === undefined ? [] : [['headers', fieldsIn('--header', flags.header, ':', String)]]),
    ...(flags.structuredOutput === true ? [['structured_output', true]] : []),
    ...(flags.inputTokens === undefined ? [] : [['input_tokens', countIn(flags.inputTokens)]]),
  ]);
}

async function requestIn(file: string, path: string | undefined, io: CommandIo): Promise<JsonObject> {
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch(() => undefined);
  if (text === undefined) throw new CommandError(`${file} cannot be read.`);
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new CommandError(`${file} is not a JSON object.`);
  const isWhole = isJsonObject(value['body']);
  const written = path ?? (isWhole ? (value['path'] ?? value['url']) : undefined);
  return {
    ...(isWhole && value['headers'] !== undefined ? { headers: value['headers'] } : {}),
    body: isWhole ? value['body'] : value,
    ...(written === undefined ? {} : { path: written }),
  };
}

function countIn(text: string): number {
  const value = Number(text.replace(/[_,]/g, ''));
  if (Number.isInteger(value) && value >= 0) return value;
  throw new CommandError(`--input-tokens wants a number, not "${text}".`);
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `name=value`, as often as it was said. */
function fieldsIn(flag: string, given: readonly string[], sign: string, read: (text: string) => Json): JsonObject {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf(sign);
      if (at <= 0) throw new CommandError(`${flag} wants a name and a value with \`${sign}\` between, not "${text}".`);
      return [text.slice(0, at).trim(), read(text.slice(at + 1).trim())];
    }),
  );
}

/** JSON, or else the text itself. */
function valueIn(text: string): Json {
  return parseJson(text) ?? text;
}
