import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { parse } from 'yaml';
import { loadDocument, readDocument } from '../config/load-document.ts';
import { formatPath, formatProblem } from '../config/problem.ts';
import { resolveSecrets } from '../config/resolve-secrets.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { connect, type ConnectionFlags } from './connection.ts';
import { describeChanges } from './describe-changes.ts';
import { CommandError, type CommandIo, painter } from './io.ts';
import { withConnection } from './with-connection.ts';

interface Flags extends ConnectionFlags {
  readonly config: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly all?: boolean;
}

/** `turnpike diff`, `apply` and `export`: resources as a document. */
export function addDocumentCommands(program: Command, io: CommandIo): void {
  const add = (name: string, description: string) => withConnection(program.command(name).description(description));
  const config = ['-c, --config <file>', 'a document with resources, such as turnpike.yaml'] as const;
  const prune = ['--prune', 'also delete what the document does not have, of the kinds that it has'] as const;
  add('diff', 'tell how a document’s resources differ from the gateway’s; exit code 2 if they do')
    .requiredOption(...config)
    .option(...prune)
    .action(async (flags: Flags) => {
      const count = await compare('/api/v1/diff', flags, io);
      if (count > 0) io.setExitCode(2);
    });
  add('apply', 'make the gateway’s resources as a document has them')
    .requiredOption(...config)
    .option(...prune)
    .option('--dry-run', 'check everything and change nothing')
    .action(async (flags: Flags) => {
      const count = await compare('/api/v1/import', flags, io);
      if (flags.json !== true && count > 0) io.err(flags.dryRun === true ? 'Nothing was changed.\n' : 'Done.\n');
    });
  add('export', 'print the gateway’s resources as a document')
    .option('--all', 'also those that its configuration document makes')
    .action(async (flags: Flags) => {
      const api = await connect(flags, io);
      const query = { format: flags.json === true ? 'json' : 'yaml', source: flags.all === true ? 'all' : undefined };
      io.out(`${(await api.text('GET', '/api/v1/export', { query })).trimEnd()}\n`);
    });
}

async function compare(path: string, flags: Flags, io: CommandIo): Promise<number> {
  const body = await readResources(flags.config, io);
  const api = await connect(flags, io);
  const query = {
    prune: flags.prune === true ? 'true' : undefined,
    dry_run: flags.dryRun === true ? 'true' : undefined,
  };
  const answer = await api.call('POST', path, { body, query });
  const changes = Array.isArray(answer['changes']) ? answer['changes'].filter(isJsonObject) : [];
  if (flags.json === true) io.out(`${JSON.stringify(answer, undefined, 2)}\n`);
  else io.out(describeChanges(changes, Number(answer['unchanged'] ?? 0), painter(io)));
  return changes.length;
}

/** A document’s resources as the API takes them. Values of keys that lie elsewhere are fetched here, not by the gateway. */
async function readResources(config: string, { cwd, env }: CommandIo): Promise<JsonObject> {
  const file = { path: resolve(cwd, config), shownAs: config };
  const read = await readDocument(file);
  if (!read.ok) throw new CommandError(read.problems.map(formatProblem).join('\n'));
  const result = await loadDocument(read.text, file, env);
  if (!result.ok) throw new CommandError(result.problems.map(formatProblem).join('\n'));
  const written: unknown = parse(read.text);
  const document: JsonObject = JSON.parse(JSON.stringify(result.loaded.document));
  const named = isJsonObject(written) ? Object.keys(written).filter(isKind) : [];
  const { secrets, findings } = await resolveSecrets(
    { virtual_keys: document['virtual_keys'] },
    { env, file: file.path },
  );
  const faults = findings.filter(({ severity }) => severity !== 'warning');
  if (faults.length > 0)
    throw new CommandError(faults.map(({ path, message }) => `${config}  ${formatPath(path)}: ${message}`).join('\n'));
  return Object.fromEntries(
    named.map((kind): [string, Json] => {
      const list = document[kind] ?? [];
      if (kind !== 'virtual_keys' || !Array.isArray(list)) return [kind, list];
      return [
        kind,
        list.map((key: Json, index) => withSecret(key, secrets.get(`virtual_keys[${index}].value`)?.reveal())),
      ];
    }),
  );
}

function withSecret(key: Json, value: string | undefined): Json {
  return isJsonObject(key) && value !== undefined ? { ...key, value } : key;
}

function isKind(name: string): name is ResourceKind {
  return Object.hasOwn(resourceKinds, name);
}
