import { createHash } from 'node:crypto';
import { isJsonObject } from '../core/json.ts';
import type { Secret } from '../core/secret.ts';
import { authSecretPlaces } from './auth/cloud-auth.ts';
import { type Finding, formatPath, type Path } from './problem.ts';
import { resolveSecret, type SecretContext, secretFileOf } from './secret-sources.ts';

/** The document's secrets by the place that names them, e.g. `providers.openai.keys[0].value`. */
export type Secrets = ReadonlyMap<string, Secret>;

/** Files that secrets were read from, by their paths, with digests of what they said. Undefined: nothing that could be used. */
export type SecretFiles = ReadonlyMap<string, string | undefined>;

/** Tells texts apart without keeping them. What editors leave at the end makes no difference. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text.trim()).digest('base64');
}

/** Where a document holds secrets. `*` stands for any name or position. */
const secretPlaces: readonly Path[] = [
  ['providers', '*', 'keys', '*', 'value'],
  ...authSecretPlaces,
  ['virtual_keys', '*', 'value'],
  ['admin', 'tokens', '*', 'value'],
];

/**
 * Follows every reference of a document. Takes it as read, not as checked, so that missing secrets
 * are told together with other mistakes.
 */
export async function resolveSecrets(
  raw: unknown,
  context: SecretContext,
): Promise<{ secrets: Secrets; files: SecretFiles; findings: Finding[] }> {
  const secrets = new Map<string, Secret>();
  const files = new Map<string, string | undefined>();
  const findings: Finding[] = [];
  for (const { path, text } of secretPlaces.flatMap((place) => [...textsAt(raw, place, [])])) {
    const resolved = await resolveSecret(text, context);
    const file = secretFileOf(text, context);
    if (file !== undefined) files.set(file, resolved.ok ? digestOf(resolved.secret.reveal()) : undefined);
    if (!resolved.ok) {
      const { message, hint } = resolved;
      findings.push({ path, message, ...(hint === undefined ? {} : { hint }) });
      continue;
    }
    secrets.set(formatPath(path), resolved.secret);
    if (resolved.literal && path[0] === 'providers') {
      findings.push({
        path,
        message: 'holds the key itself',
        hint: 'env:NAME or file:PATH keeps it out of this file',
        severity: 'warning',
      });
    }
  }
  return { secrets, files, findings };
}

function* textsAt(value: unknown, pattern: Path, path: Path): Generator<{ path: Path; text: string }> {
  const [step, ...rest] = pattern;
  // An empty text is told by the schema.
  if (step === undefined && typeof value === 'string' && value !== '') yield { path, text: value };
  if (step === undefined || typeof value !== 'object' || value === null) return;
  if (step !== '*') {
    if (isJsonObject(value)) yield* textsAt(value[step], rest, [...path, step]);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield* textsAt(inner, rest, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}
