import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { captures, recordings } from '../kit/recordings.ts';
import { clientDialects, targets } from './corpus.ts';
import { replySnapshot, requestSnapshot } from './snapshots.ts';

const file = fileURLToPath(new URL('./shared-digests.json', import.meta.url));
const found = { requests: captures(), replies: recordings() };
const skipped =
  found.requests.length === 0 || found.replies.length === 0 ? ' (skipped: no captures or no recordings)' : '';

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Real requests to every provider, and true answers to every client: a digest for each pair. */
function digestsNow(): Readonly<Record<string, string>> {
  const requests = found.requests.flatMap(({ name, dialect, body }) =>
    targets.map((to) => [`${name} to ${to.dialect}`, digest(requestSnapshot(dialect, body, to))] as const),
  );
  const replies = found.replies.flatMap(({ name, dialect, frames }) =>
    clientDialects.map((client) => [`${name} to ${client}`, digest(replySnapshot(dialect, frames, client))] as const),
  );
  return Object.fromEntries([...requests, ...replies]);
}

describe.skipIf(skipped !== '')(`real requests and true answers${skipped}`, () => {
  it('become what they became before: else look at what changed, and run UPDATE=1 npx vitest run corpus', () => {
    const now = digestsNow();
    if (process.env['UPDATE'] === '1') writeFileSync(file, `${JSON.stringify(now, undefined, 2)}\n`);
    const kept = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : {};
    const before = isJsonObject(kept) ? kept : {};
    // Captures that came since have no digest yet; those that are gone cannot be looked at.
    const changed = Object.keys(now).filter((pair) => before[pair] !== undefined && before[pair] !== now[pair]);
    expect(Object.keys(before).length).toBeGreaterThan(100);
    expect(changed).toEqual([]);
  });
});
