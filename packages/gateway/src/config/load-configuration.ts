import { relative } from 'node:path';
import { type ConfigDocument, configDocument, type VirtualKeyEntry, virtualKeyEntry } from '@turnpike/contract/config';
import type { Clock } from '../core/clock.ts';
import type { Secret } from '../core/secret.ts';
import { resolveAdminToken } from './admin-tokens.ts';
import { buildSnapshot, type SnapshotParts } from './build-snapshot.ts';
import { kindOf } from './build-providers.ts';
import type { EncryptionKeys } from './encryption-key.ts';
import { demoKind, type Environment, providersFromEnvironment, withUsualKeys } from './from-environment.ts';
import { type DocumentFile, loadDocument, type LoadedDocument, readDocument } from './load-document.ts';
import { type Locate, locateFindings, type Problem } from './problem.ts';
import { resolveSecrets, type SecretFiles } from './resolve-secrets.ts';
import { reasonOf } from './secret-sources.ts';
import { resolveEncryptionKeys } from './resolve-encryption-keys.ts';
import { checkStoreNetwork } from './check-store-network.ts';
import { type ConfigFile, findConfigFile, type Flags, resolveSettings, type Settings } from './resolve-settings.ts';
import type { Snapshot } from './snapshot.ts';
import type { KeptValue } from './value-file.ts';
import { ensureVirtualKey, type GeneratedKey } from './virtual-key-file.ts';

/** What loading needs from outside: the process and the parts that snapshots are made of. */
export interface ConfigurationParts extends SnapshotParts {
  readonly flags: Flags;
  readonly env: Environment;
  readonly cwd: string;
  readonly isTerminal: boolean;
  readonly clock: Clock;
  /** Address of the built-in demo provider, asked for only when the configuration uses it. */
  readonly demoBaseUrl: () => Promise<string>;
}

/** A configuration that holds from top to bottom. */
export interface Configuration {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  /** With everything that was left out filled in. */
  readonly document: ConfigDocument;
  readonly file?: ConfigFile;
  /** The file's text. */
  readonly text?: string;
  readonly warnings: readonly Problem[];
  /** Set when the configuration names no virtual keys. */
  readonly generatedKey?: GeneratedKey;
  /** The administrative token that holds where the document names none: given by the environment, or kept in a file. */
  readonly adminToken?: Secret | KeptValue;
  /** Absent only where nothing was to be written. */
  readonly encryptionKeys?: EncryptionKeys;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration; readonly secretFiles?: SecretFiles }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly secretFiles?: SecretFiles };

export interface LoadOptions {
  /** Of the snapshot to be made. */
  readonly version: number;
  /** Only look: write nothing, so no virtual key is made. */
  readonly dryRun?: boolean;
}

/** From flags, environment and file to a snapshot, or to everything that is wrong with them. */
export async function loadConfiguration(parts: ConfigurationParts, options: LoadOptions): Promise<ConfigurationResult> {
  const file = findConfigFile(parts.flags, parts.env, parts.cwd);
  const source = file && { path: file.path, shownAs: shortPath(file.path, parts.cwd) };
  const read = await readLoaded(source, parts.env);
  if (!read.ok) return read;
  const written = read.loaded.document;
  const { settings, problems } = resolveSettings({ ...parts, document: written });
  const assembly: Assembly = { parts, version: options.version, source, locate: read.loaded.locate };
  const document = { ...written, providers: await completeProviders(written, parts) };
  const { snapshot, secretFiles, problems: found } = await assemble(document, assembly);
  const warnings = [...problems, ...checkStoreNetwork(settings, snapshot.network), ...found];
  if (warnings.some(isError)) return { ok: false, problems: warnings, secretFiles };

  const text = read.text === undefined ? {} : { text: read.text };
  const configuration = { snapshot, settings, document, ...(file && { file }), ...text, warnings };
  const dryRun = options.dryRun === true;
  const needsKey = written.virtual_keys === undefined && !dryRun;
  const result = needsKey ? await withGeneratedKey(configuration, assembly) : { ok: true as const, configuration };
  const withKeys = result.ok ? await withEncryptionKeys(result.configuration, parts.env, dryRun) : result;
  const loaded = withKeys.ok ? await withAdminToken(withKeys.configuration, parts.env, dryRun) : withKeys;
  return { ...loaded, secretFiles };
}

/** Adds the administrative token that holds where the document names none. Late, too. */
async function withAdminToken(
  configuration: Configuration,
  env: Environment,
  dryRun: boolean,
): Promise<ConfigurationResult> {
  const { isOn, tokens } = configuration.snapshot.admin;
  const isNeeded = isOn && tokens.length === 0 && !dryRun;
  const { given, kept, problems } = await resolveAdminToken(env, isNeeded ? configuration.settings.dataDir : undefined);
  const warnings = [...configuration.warnings, ...problems];
  if (problems.some(isError)) return { ok: false, problems: warnings };
  const adminToken = given ?? kept;
  return { ok: true, configuration: { ...configuration, warnings, ...(adminToken && { adminToken }) } };
}

/** Adds the keys that open what callers keep. Also late, as it may make a file. */
async function withEncryptionKeys(
  configuration: Configuration,
  env: Environment,
  dryRun: boolean,
): Promise<ConfigurationResult> {
  const { keys, problems } = await resolveEncryptionKeys(env, dryRun ? undefined : configuration.settings.dataDir);
  const warnings = [...configuration.warnings, ...problems];
  if (problems.some(isError)) return { ok: false, problems: warnings };
  return { ok: true, configuration: { ...configuration, warnings, ...(keys && { encryptionKeys: keys }) } };
}

/**
 * Adds the virtual key that Turnpike makes for itself. Done last: a key made for a configuration that does not hold
 * would never be shown.
 */
async function withGeneratedKey(configuration: Configuration, assembly: Assembly): Promise<ConfigurationResult> {
  const made = await keyFor(configuration.settings);
  if (!made.ok) return { ok: false, problems: [...configuration.warnings, made.problem] };
  const generatedKey = made.key;
  const document = { ...configuration.document, virtual_keys: [keyEntry(generatedKey)] };
  const { snapshot, problems } = await assemble(document, assembly);
  if (problems.some(isError)) return { ok: false, problems };
  return { ok: true, configuration: { ...configuration, document, snapshot, generatedKey } };
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

interface Assembly {
  readonly parts: ConfigurationParts;
  readonly version: number;
  readonly source: DocumentFile | undefined;
  readonly locate: Locate;
}

async function assemble(document: ConfigDocument, { parts, version, source, locate }: Assembly) {
  const context = { env: parts.env, ...(source === undefined ? {} : { file: source.path }) };
  const { secrets, files: secretFiles, findings } = await resolveSecrets(document, context);
  const built = buildSnapshot({ document, secrets, version, nowMs: parts.clock.now() }, parts);
  const problems = locateFindings([...findings, ...built.findings], source?.shownAs, locate);
  return { snapshot: built.snapshot, secretFiles, problems };
}

type LoadedResult = { ok: true; loaded: LoadedDocument; text?: string } | { ok: false; problems: readonly Problem[] };

async function readLoaded(
  file: { path: string; shownAs: string } | undefined,
  env: Environment,
): Promise<LoadedResult> {
  if (file === undefined) {
    return { ok: true, loaded: { document: configDocument.parse({}), locate: () => undefined } };
  }
  const read = await readDocument(file);
  if (!read.ok) return read;
  const result = await loadDocument(read.text, file, env);
  return result.ok ? { ...result, text: read.text } : result;
}

type KeyResult = { ok: true; key: GeneratedKey } | { ok: false; problem: Problem };

async function keyFor({ dataDir }: Settings): Promise<KeyResult> {
  try {
    return { ok: true, key: await ensureVirtualKey(dataDir) };
  } catch (error) {
    const message = `cannot keep a virtual key in ${dataDir}: ${reasonOf(error)}`;
    return { ok: false, problem: { path: 'data', message, severity: 'error' } };
  }
}

function keyEntry({ path }: GeneratedKey): VirtualKeyEntry {
  return virtualKeyEntry.parse({ name: 'default', value: `file:${path}` });
}

/** What the document leaves out of its providers is filled in from the environment. */
async function completeProviders(document: ConfigDocument, { env, vendors, demoBaseUrl }: ConfigurationParts) {
  const named = document.providers ? withUsualKeys(document, env, vendors) : providersFromEnvironment(env, vendors);
  const providers: NonNullable<ConfigDocument['providers']> = {};
  for (const [name, entry] of Object.entries(named)) {
    const isDemo = kindOf(name, entry) === demoKind && entry.base_url === undefined;
    providers[name] = isDemo ? { ...entry, base_url: await demoBaseUrl() } : entry;
  }
  return providers;
}

function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
