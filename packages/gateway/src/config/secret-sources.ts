import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Secret } from '../core/secret.ts';
import { hintForName } from './nearest-name.ts';

/** What a secret source may look at. */
export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The configuration's file: relative paths begin beside it. Absent: in the working directory. */
  readonly file?: string;
}

/** Fetches the value behind a reference, the part after `scheme:`. Throws an Error with words for whoever wrote the document. */
export type SecretSource = (reference: string, context: SecretContext) => Promise<string>;

/** Where secrets may lie, by the scheme that names it. A new source is a line here. */
const secretSources: Readonly<Record<string, SecretSource>> = {
  env: readVariable,
  file: readSecretFile,
};

export type ResolvedSecret =
  | { readonly ok: true; readonly secret: Secret; readonly literal: boolean }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** A field's text to the secret it means: a reference is followed, anything else is the secret itself. */
export async function resolveSecret(text: string, context: SecretContext): Promise<ResolvedSecret> {
  const habit = meantReference(text);
  if (habit !== undefined) {
    return { ok: false, message: 'is a reference in another program’s style', hint: `here it is written ${habit}` };
  }
  const [, scheme, reference] = /^([a-z]{2,16}):(.*)$/s.exec(text) ?? [];
  if (scheme === undefined || reference === undefined) return checked(text);
  const source = Object.hasOwn(secretSources, scheme) ? secretSources[scheme] : undefined;
  if (source === undefined) {
    const hint = hintForName(scheme, Object.keys(secretSources));
    return { ok: false, message: `refers to \`${scheme}:\`, which is not a secret source`, ...(hint ? { hint } : {}) };
  }
  try {
    return checked((await source(reference, context)).trim(), text);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** `$KEY`, `${KEY}`, `env.KEY` and `os.environ/KEY` come from habit; taken literally they would be sent as keys. */
function meantReference(text: string): string | undefined {
  const [, name] =
    /^(?:\$\{?(?:env:)?|env\.|os\.environ\/|process\.env\.)([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(text) ?? [];
  return name === undefined ? undefined : `env:${name}`;
}

/** `reference` is how the document called the value, if it does not hold the value itself. */
function checked(value: string, reference?: string): ResolvedSecret {
  const subject = reference === undefined ? '' : `\`${reference}\` `;
  if (value === '') return { ok: false, message: `${subject}is empty` };
  // A key travels in a header. What cannot is a wrong file or a pasted line break.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return { ok: false, message: `${subject}has spaces, line breaks or other characters that no key has` };
  }
  return { ok: true, secret: new Secret(value), literal: reference === undefined };
}

/** The file that a field's text refers to, if it does. */
export function secretFileOf(text: string, { file }: SecretContext): string | undefined {
  const [, path] = /^file:(.+)$/s.exec(text) ?? [];
  return path === undefined ? undefined : resolve(file === undefined ? '.' : dirname(file), path);
}

async function readVariable(name: string, { env }: SecretContext): Promise<string> {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error('needs the name of an environment variable after `env:`');
  const value = env[name];
  if (value === undefined) throw new Error(`environment variable ${name} is not set`);
  if (value.trim() === '') throw new Error(`environment variable ${name} is empty`);
  return value;
}

const maxSecretBytes = 64 * 1024;

async function readSecretFile(path: string, context: SecretContext): Promise<string> {
  const full = secretFileOf(`file:${path}`, context);
  if (full === undefined) throw new Error('needs a path after `file:`');
  const bytes = await readFile(full).catch((error: unknown) => {
    throw new Error(`cannot read ${full}: ${reasonOf(error)}`);
  });
  if (bytes.length > maxSecretBytes) throw new Error(`${full} is larger than 64 KiB, so it is not a key`);
  return bytes.toString('utf8');
}

/** What went wrong with a file, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file stands where a directory is needed';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
