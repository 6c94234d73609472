import { describe, expect, it } from 'vitest';
import { clientDialects, golden, goldenPaths, replyFixtures, requestFixtures, targets } from './corpus.ts';
import { replySnapshot, requestSnapshot } from './snapshots.ts';

// A changed snapshot shows as a difference to read: `UPDATE=1 npx vitest run corpus` takes it over.

const requests = requestFixtures().map((fixture) => ({
  ...fixture,
  pathTo: (dialect: string) => `requests/${fixture.dialect}/${fixture.name}/to-${dialect}.json`,
}));
const replies = replyFixtures().map((fixture) => ({
  ...fixture,
  pathTo: (dialect: string) => `replies/${fixture.dialect}/${fixture.name}/to-${dialect}.sse`,
}));

describe.each(requests)('the request $dialect/$name', ({ dialect, body, pathTo }) => {
  it.each(targets)('for a provider of $dialect', (to) => {
    const actual = requestSnapshot(dialect, body, to);
    expect(actual).toBe(golden(pathTo(to.dialect), actual));
  });
});

describe.each(replies)('the answer $dialect/$name', ({ dialect, frames, pathTo }) => {
  it.each(clientDialects)('for a client of %s', (client) => {
    const actual = replySnapshot(dialect, frames, client);
    expect(actual).toBe(golden(pathTo(client), actual));
  });
});

it('there is no snapshot that no fixture makes', () => {
  const made = [
    ...requests.flatMap(({ pathTo }) => targets.map(({ dialect }) => pathTo(dialect))),
    ...replies.flatMap(({ pathTo }) => clientDialects.map(pathTo)),
  ];
  expect(goldenPaths().toSorted()).toEqual(made.toSorted());
});
