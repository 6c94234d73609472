import { afterAll, describe, expect, it } from 'vitest';
import { clientDialects, golden, goldenPaths, replyFixtures, requestFixtures, targets } from './corpus.ts';
import { replySnapshot, requestSnapshot } from './snapshots.ts';

const seen = new Set<string>();

/** The snapshot of a pair. A changed one shows as a difference to read: `UPDATE=1 npx vitest run corpus` takes it over. */
function expectGolden(path: string, actual: string): void {
  seen.add(path);
  expect(actual).toBe(golden(path, actual));
}

describe.each(requestFixtures())('the request $dialect/$name', ({ dialect, name, body }) => {
  it.each(targets)('for a provider of $dialect', (to) => {
    expectGolden(`requests/${dialect}/${name}/to-${to.dialect}.json`, requestSnapshot(dialect, body, to));
  });
});

describe.each(replyFixtures())('the answer $dialect/$name', ({ dialect, name, frames }) => {
  it.each(clientDialects)('for a client of %s', (client) => {
    expectGolden(`replies/${dialect}/${name}/to-${client}.sse`, replySnapshot(dialect, frames, client));
  });
});

afterAll(() => {
  // What no fixture makes any more would stay for ever.
  expect(goldenPaths().filter((path) => !seen.has(path))).toEqual([]);
});
