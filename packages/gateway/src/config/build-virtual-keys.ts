import type { ConfigDocument, VirtualKeyEntry } from '@turnpike/contract/config';
import type { Secret } from '../core/secret.ts';
import { digestOfKey } from '../identity/authenticate.ts';
import type { VirtualKey } from '../identity/principal.ts';
import { type Finding, formatPath } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';

/** Shorter ones are guessed. */
const minLength = 6;
/** Shorter ones are fine for a try on one's own machine, so they only earn a word. */
const adviseLength = 20;

/** The document's virtual keys by digest. */
export function buildVirtualKeys(
  document: ConfigDocument,
  secrets: Secrets,
  nowMs: number,
  tell: (finding: Finding) => void,
): Map<string, VirtualKey> {
  const keys = new Map<string, VirtualKey>();
  const names = new Set<string>();
  for (const [index, entry] of (document.virtual_keys ?? []).entries()) {
    const path = ['virtual_keys', index];
    if (names.has(entry.name))
      tell({ path: [...path, 'name'], message: `another key is called \`${entry.name}\` too` });
    names.add(entry.name);
    const secret = secrets.get(formatPath([...path, 'value']));
    if (secret === undefined) continue;
    for (const finding of complaints(secret, entry, nowMs)) tell({ ...finding, path: [...path, ...finding.path] });
    const digest = digestOfKey(secret.reveal());
    const twin = keys.get(digest);
    if (twin !== undefined)
      tell({ path: [...path, 'value'], message: `is the same value as the key \`${twin.name}\` has` });
    keys.set(digest, virtualKeyOf(entry, digest));
  }
  if (document.virtual_keys?.length === 0) {
    tell({ path: ['virtual_keys'], message: 'is empty, so nobody can call', severity: 'warning' });
  }
  return keys;
}

function virtualKeyOf(entry: VirtualKeyEntry, digest: string): VirtualKey {
  return Object.freeze({
    name: entry.name,
    digest,
    models: Object.freeze([...entry.models]),
    ...(entry.disabled ? { disabled: true } : {}),
    ...(entry.expires === undefined ? {} : { expiresAt: Date.parse(entry.expires) }),
  });
}

function* complaints(secret: Secret, entry: VirtualKeyEntry, nowMs: number): Generator<Finding> {
  const { length } = secret.reveal();
  const hint = 'make a good one with: openssl rand -hex 24';
  if (length < minLength) yield { path: ['value'], message: `has only ${length} characters`, hint };
  else if (length < adviseLength) {
    yield {
      path: ['value'],
      message: `has only ${length} characters, which is easy to guess`,
      hint,
      severity: 'warning',
    };
  }
  if (entry.models.length === 0) {
    yield {
      path: ['models'],
      message: 'is empty, so the key may ask for nothing',
      hint: 'leave it out to allow all',
      severity: 'warning',
    };
  }
  if (entry.expires !== undefined && Date.parse(entry.expires) <= nowMs) {
    yield { path: ['expires'], message: 'is in the past, so the key is refused', severity: 'warning' };
  }
}
