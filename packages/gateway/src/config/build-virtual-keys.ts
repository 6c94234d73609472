import type { VirtualKeyEntry } from '@turnpike/contract/config';
import type { Secret } from '../core/secret.ts';
import { sha256Of } from '../identity/key-hash.ts';
import type { FileResource } from '../identity/resources.ts';
import { type Finding, formatPath } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';

/** Shorter ones are guessed. */
const minLength = 6;
/** Shorter ones are fine for a try on one's own machine, so they only earn a word. */
const adviseLength = 20;

/** The document's virtual keys, with what is kept of their values. */
export function buildVirtualKeys(
  entries: readonly VirtualKeyEntry[] | undefined,
  secrets: Secrets,
  nowMs: number,
  tell: (finding: Finding) => void,
): FileResource[] {
  const names = new Map<string, string>();
  const keys = (entries ?? []).flatMap((entry, index): FileResource[] => {
    const path = ['virtual_keys', index];
    const resource = { kind: 'virtual_keys', body: bodyOf(entry) } as const;
    const secret = secrets.get(formatPath([...path, 'value']));
    if (secret === undefined) return [{ resource }];
    for (const finding of complaints(secret, entry, nowMs)) tell({ ...finding, path: [...path, ...finding.path] });
    const sha256 = sha256Of(secret.reveal());
    const twin = names.get(sha256);
    if (twin !== undefined) tell({ path: [...path, 'value'], message: `is the same value as the key \`${twin}\` has` });
    names.set(sha256, resource.body.name ?? resource.body.id);
    return [{ resource, sha256 }];
  });
  if (entries?.length === 0) {
    tell({ path: ['virtual_keys'], message: 'is empty, so nobody can call', severity: 'warning' });
  }
  return keys;
}

/** The resource of an entry: everything but the value. */
function bodyOf(entry: VirtualKeyEntry) {
  const { value: _value, ...fields } = entry;
  return { ...fields, id: entry.id ?? entry.name ?? '' };
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
