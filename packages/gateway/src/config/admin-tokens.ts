import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ConfigDocument } from '@turnpike/contract/config';
import type { AdminRole } from '@turnpike/contract/config-admin';
import { Secret } from '../core/secret.ts';
import type { Environment } from './from-environment.ts';
import { type Finding, formatPath, type Problem } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';
import { reasonOf } from './secret-sources.ts';
import { ensureValueFile, type KeptValue, readValueFile } from './value-file.ts';

/** Who may manage the gateway with which token. */
export interface AdminToken {
  /** For the audit log. */
  readonly name: string;
  readonly role: AdminRole;
  readonly value: Secret;
}

/** What the document says of the admin API. */
export interface AdminRules {
  readonly isOn: boolean;
  readonly tokens: readonly AdminToken[];
}

/** Says the same as the document's tokens, for one. */
export const adminTokenVariable = 'TURNPIKE_ADMIN_TOKEN';

/** Shorter ones are guessed. */
const minLength = 16;

/** What is wrong with a token’s value, if anything. */
function complaintOf(value: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(value)) return 'has characters that no token has';
  return value.length < minLength ? `has only ${value.length} characters` : undefined;
}

const hint = 'make a good one with: openssl rand -hex 24';

/** The document's administrative tokens. */
export function buildAdminRules(
  { admin }: ConfigDocument,
  secrets: Secrets,
  tell: (finding: Finding) => void,
): AdminRules {
  const names = new Set<string>();
  const tokens = admin.tokens.flatMap(({ name, role }, index): AdminToken[] => {
    const path = ['admin', 'tokens', index];
    if (names.has(name)) tell({ path: [...path, 'name'], message: `another token is called \`${name}\` too` });
    names.add(name);
    const value = secrets.get(formatPath([...path, 'value']));
    if (value === undefined) return [];
    const complaint = complaintOf(value.reveal());
    if (complaint !== undefined) tell({ path: [...path, 'value'], message: complaint, hint });
    return [{ name, role, value }];
  });
  return Object.freeze({ isOn: admin.api === 'on', tokens });
}

/** Where the token is kept that Turnpike made for itself. */
export function adminTokenPath(dataDir: string): string {
  return join(dataDir, 'admin-token');
}

/** An administrative token's value, made anew: 192 random bits. */
export function newAdminToken(): string {
  return `tp-admin-${randomBytes(24).toString('base64url')}`;
}

/** The token that holds where the document names none. */
export interface ResolvedToken {
  /** By the environment. */
  readonly given?: Secret;
  /** Made here. */
  readonly kept?: KeptValue;
  readonly problems: readonly Problem[];
}

/** The token that the environment gives, or else the one of the data directory, which is made if need be. Without a directory none is made. */
export async function resolveAdminToken(env: Environment, dataDir: string | undefined): Promise<ResolvedToken> {
  const given = env[adminTokenVariable];
  if (given) {
    const message = complaintOf(given);
    if (message === undefined) return { given: new Secret(given), problems: [] };
    return { problems: [{ path: adminTokenVariable, message, hint, severity: 'error' }] };
  }
  if (dataDir === undefined) return { problems: [] };
  try {
    const kept = await ensureValueFile(adminTokenPath(dataDir), newAdminToken, 'administrative token');
    return { kept, problems: [] };
  } catch (error) {
    const message = `an administrative token cannot be kept: ${reasonOf(error)}. Nobody can use the admin API`;
    return { problems: [{ path: 'data', message, hint: `set ${adminTokenVariable}`, severity: 'warning' }] };
  }
}

export interface TokenSources {
  rules(): AdminRules;
  /** The value of `TURNPIKE_ADMIN_TOKEN`. */
  readonly given?: Secret | undefined;
  /** Where the token lies that Turnpike made. */
  readonly path?: string | undefined;
}

/** The tokens that hold now. The file is read each time, so that a token that was replaced there is of no use from then on. */
export async function adminTokens({ rules, given, path }: TokenSources): Promise<readonly AdminToken[]> {
  const { tokens } = rules();
  const ofEnvironment: AdminToken[] = given ? [{ name: 'admin', role: 'admin', value: given }] : [];
  if (tokens.length > 0 || given || path === undefined) return [...tokens, ...ofEnvironment];
  const kept = await readValueFile(path, 'administrative token');
  return kept === undefined ? [] : [{ name: 'admin', role: 'admin', value: new Secret(kept) }];
}
