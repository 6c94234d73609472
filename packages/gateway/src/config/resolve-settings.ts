import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConfigDocument } from '@turnpike/contract/config';
import { nanoDollarsOf } from '../core/money.ts';
import { adminTokenVariable } from './admin-tokens.ts';
import { encryptionVariable, previousVariable } from './encryption-key.ts';
import type { Environment } from './from-environment.ts';
import { nearestName } from './nearest-name.ts';
import type { Problem } from './problem.ts';

/** What the command line said, as text. */
export interface Flags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
  readonly logFormat?: string;
  readonly logLevel?: string;
}

export type LogFormat = 'pretty' | 'json';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a process keeps from its start to its end. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** `sqlite:` and a path, or `postgres://…` with its password: not to be printed. */
  readonly store: string;
  /** `memory`, `postgres`, or a `redis://` address with its password: not to be printed. */
  readonly counters: string;
  /** What may be spent while the counters cannot be asked, in nano-dollars. Absent: nothing. */
  readonly unreachableAllowance?: bigint;
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

/** Flags by the variable that says the same. */
const variables = {
  config: 'TURNPIKE_CONFIG',
  host: 'TURNPIKE_HOST',
  port: 'TURNPIKE_PORT',
  data: 'TURNPIKE_DATA',
  store: 'TURNPIKE_STORE',
  counters: 'TURNPIKE_COUNTERS',
  logFormat: 'TURNPIKE_LOG_FORMAT',
  logLevel: 'TURNPIKE_LOG_LEVEL',
} as const;

const defaultFiles = ['turnpike.yaml', 'turnpike.yml', 'turnpike.json'];

/** Which configuration file holds, and who said so. Undefined: none, so the environment is all there is. */
export interface ConfigFile {
  readonly path: string;
  readonly chosenBy: '--config' | 'TURNPIKE_CONFIG' | 'working directory';
}

export function findConfigFile(flags: Flags, env: Environment, cwd: string): ConfigFile | undefined {
  if (flags.config !== undefined) return { path: resolve(cwd, flags.config), chosenBy: '--config' };
  const named = env[variables.config];
  if (named) return { path: resolve(cwd, named), chosenBy: 'TURNPIKE_CONFIG' };
  const found = defaultFiles.map((name) => join(cwd, name)).find((path) => existsSync(path));
  return found === undefined ? undefined : { path: found, chosenBy: 'working directory' };
}

export interface SettingsInput {
  readonly flags: Flags;
  readonly env: Environment;
  readonly document: ConfigDocument;
  /** Relative paths begin here, wherever the configuration file lies. */
  readonly cwd: string;
  /** Whether a person reads the log. */
  readonly isTerminal: boolean;
}

/** Flags beat the environment, which beats the document, which has the defaults. */
export function resolveSettings(input: SettingsInput): { settings: Settings; problems: Problem[] } {
  const { document, cwd } = input;
  const problems: Problem[] = misspelled(input.env);
  const read = <T>(name: Exclude<keyof typeof variables, 'config'>, parse: Parser<T>): T | undefined => {
    const said = saidOutside(input, name);
    if (said === undefined) return undefined;
    const parsed = parse(said.text);
    if (parsed === undefined)
      problems.push({ path: said.by, message: `\`${said.text}\` is not ${wanted[name]}`, severity: 'error' });
    return parsed;
  };
  const dataDir = resolve(cwd, read('data', nonEmpty) ?? document.data);
  const settings: Settings = {
    host: read('host', nonEmpty) ?? document.server.host,
    port: read('port', portNumber) ?? document.server.port,
    dataDir,
    store: absoluteStore(
      read('store', storeUrl) ?? documentAddress(input, 'store', problems) ?? `sqlite:${join(dataDir, 'turnpike.db')}`,
      cwd,
    ),
    counters: read('counters', countersAddress) ?? documentAddress(input, 'counters', problems) ?? 'memory',
    ...allowanceOf(document),
    log: {
      format:
        read('logFormat', oneOf('pretty', 'json')) ?? document.log.format ?? (input.isTerminal ? 'pretty' : 'json'),
      level: read('logLevel', oneOf('debug', 'info', 'warn', 'error')) ?? document.log.level,
    },
  };
  return { settings, problems };
}

/** Settings that a running process cannot take over, by their names in the document. */
export function changesThatNeedRestart(running: Settings, wanted: Settings): string[] {
  const changed: string[] = [];
  if (running.host !== wanted.host) changed.push('server.host');
  if (running.port !== wanted.port) changed.push('server.port');
  if (running.dataDir !== wanted.dataDir) changed.push('data');
  if (running.store !== wanted.store) changed.push('store');
  if (running.counters !== wanted.counters) changed.push('counters');
  if (running.unreachableAllowance !== wanted.unreachableAllowance) changed.push('counters_unreachable');
  if (running.log.format !== wanted.log.format) changed.push('log.format');
  if (running.log.level !== wanted.log.level) changed.push('log.level');
  return changed;
}

type Parser<T> = (text: string) => T | undefined;

const wanted = {
  host: 'an address',
  port: 'a port from 0 to 65535',
  data: 'a directory',
  store: '`sqlite:` and the path of a file, or a `postgres://` address',
  counters: 'memory, postgres, or a `redis://` address',
  logFormat: 'pretty or json',
  logLevel: 'debug, info, warn or error',
} as const;

function saidOutside({ flags, env }: SettingsInput, name: Exclude<keyof typeof variables, 'config'>) {
  const flag = name === 'store' || name === 'counters' ? undefined : flags[name];
  if (flag !== undefined)
    return { text: flag, by: `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` };
  const text = env[variables[name]];
  // An empty variable is how compose files and shells say "not set".
  return text ? { text, by: variables[name] } : undefined;
}

const nonEmpty: Parser<string> = (text) => text.trim() || undefined;
const storeUrl: Parser<string> = (text) => (/^(?:sqlite:|postgres(?:ql)?:\/\/)./.test(text) ? text : undefined);
const countersAddress: Parser<string> = (text) =>
  /^(?:memory$|postgres$|rediss?:\/\/.)/.test(text) ? text : undefined;
const addresses = { store: storeUrl, counters: countersAddress } as const;
const portNumber: Parser<number> = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;

function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return (text) => words.find((word) => word === text);
}

/** An address in the document. It may name a variable that holds it, as that may hold a password. */
function documentAddress(
  { document, env }: SettingsInput,
  field: 'store' | 'counters',
  problems: Problem[],
): string | undefined {
  const said = document[field];
  const [, name] = /^env:(.*)$/s.exec(said ?? '') ?? [];
  if (name === undefined) {
    if (/^(?:postgres(?:ql)?|rediss?):\/\/[^/]*:[^/]+@/.test(said ?? '')) {
      const hint = 'env:NAME keeps it out of this file';
      problems.push({ path: field, message: 'holds the password itself', hint, severity: 'warning' });
    }
    return said;
  }
  const address = addresses[field](env[name] ?? '');
  if (address === undefined)
    problems.push({ path: field, message: `\`env:${name}\` is not ${wanted[field]}`, severity: 'error' });
  return address;
}

function allowanceOf({ counters_unreachable: policy }: ConfigDocument): { unreachableAllowance?: bigint } {
  return policy === 'refuse' ? {} : { unreachableAllowance: nanoDollarsOf(policy.allow_dollars) };
}

function absoluteStore(store: string, cwd: string): string {
  if (!store.startsWith('sqlite:')) return store;
  const path = store.slice('sqlite:'.length);
  return path === ':memory:' ? store : `sqlite:${resolve(cwd, path)}`;
}

/** `TURNPIKE_PROT` would be ignored without a word. Variables that resemble none may belong to others. */
function misspelled(env: Environment): Problem[] {
  const known: readonly string[] = [
    ...Object.values(variables),
    adminTokenVariable,
    encryptionVariable,
    previousVariable,
  ];
  return Object.keys(env).flatMap((name): Problem[] => {
    if (!name.startsWith('TURNPIKE_') || known.includes(name)) return [];
    const suffixes = known.map((each) => each.slice('TURNPIKE_'.length));
    const near = nearestName(name.slice('TURNPIKE_'.length), suffixes);
    if (near === undefined) return [];
    return [
      {
        path: name,
        message: 'is not a variable of Turnpike',
        hint: `did you mean TURNPIKE_${near}?`,
        severity: 'warning',
      },
    ];
  });
}
