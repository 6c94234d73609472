import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { captures, recordings } from '../kit/recordings.ts';
import { clientDialects, targets } from './corpus.ts';
import { replyGist, requestGist } from './shared-gists.ts';

const file = fileURLToPath(new URL('./shared-gists.json', import.meta.url));
const found = { requests: captures(), replies: recordings() };
const skipped =
  found.requests.length === 0 || found.replies.length === 0 ? ' (skipped: no captures or no recordings)' : '';

/** Real requests to every provider, and true answers to every client: a line for each pair. */
function gistsNow(): JsonObject {
  const requests = found.requests.map(({ name, dialect, body }) => {
    const pairs = targets.map((to) => [`to ${to.dialect}`, requestGist(dialect, body, to)] as const);
    return [name, Object.fromEntries(pairs)] as const;
  });
  const replies = found.replies.map(({ name, dialect, frames }) => {
    const pairs = clientDialects.map((client) => [`to ${client}`, replyGist(dialect, frames, client)] as const);
    return [name, Object.fromEntries(pairs)] as const;
  });
  return Object.fromEntries([...requests, ...replies]);
}

describe.skipIf(skipped !== '')(`real requests and true answers${skipped}`, () => {
  it('become what they became before: a change is to be read, and taken over with UPDATE=1 npx vitest run corpus', () => {
    const now = gistsNow();
    if (process.env['UPDATE'] === '1') writeFileSync(file, `${JSON.stringify(now, undefined, 2)}\n`);
    const kept = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
    const before = isJsonObject(kept) ? kept : {};
    // Files that came since have no line yet; those that are gone cannot be looked at.
    const known = Object.keys(now).filter((name) => before[name] !== undefined);
    expect(known.length).toBeGreaterThan(50);
    expect(Object.fromEntries(known.map((name) => [name, now[name]]))).toEqual(
      Object.fromEntries(known.map((name) => [name, before[name]])),
    );
  });
});
