import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bellOf, hashOf, unitOf } from './affinity.ts';

interface Candidate {
  readonly name: string;
  readonly weight: number;
}

/** Candidates in the order in which their bells ring for a session. */
function rendezvous(candidates: readonly Candidate[], session: string): readonly Candidate[] {
  const seed = hashOf(session);
  const bell = ({ name, weight }: Candidate) => bellOf(unitOf(seed, hashOf(name)), weight);
  return candidates.toSorted((one, other) => bell(one) - bell(other));
}

/** Who gets how many of so many sessions. */
function shares(candidates: readonly Candidate[], sessionOf: (at: number) => string, sessions = 100_000) {
  const counts = new Map(candidates.map(({ name }) => [name, 0]));
  for (let at = 0; at < sessions; at += 1) {
    const name = rendezvous(candidates, sessionOf(at))[0]?.name ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return candidates.map(({ name }) => (counts.get(name) ?? 0) / sessions);
}

const keys = (...weights: readonly number[]): Candidate[] =>
  weights.map((weight, at) => ({ name: `openai#${at + 1}`, weight }));

const candidates = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 12 }),
    weight: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 100, noNaN: true })),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 8 },
);

describe('the order in which a session prefers its candidates', () => {
  const kinds: [string, (at: number) => string][] = [
    ['numbered sessions', (at) => String(at)],
    ['sessions with long ids', (at) => `019a7${at.toString(16).padStart(7, '0')}-0000-7000-8000-000000000000`],
    ['sessions that differ in the middle', (at) => `codex-${at}-on-somebodys-machine`],
  ];

  it.each(kinds)('shares %s out by weight, within 1 %% of all of them', (_, sessionOf) => {
    for (const weights of [
      [1, 1, 1],
      [8, 1, 1],
      [70, 20, 7, 3],
      [0.5, 1.5],
    ]) {
      const sum = weights.reduce((all, each) => all + each, 0);
      for (const [at, share] of shares(keys(...weights), sessionOf).entries()) {
        expect(Math.abs(share - (weights[at] ?? 0) / sum)).toBeLessThan(0.01);
      }
    }
  });

  it('shares a lost candidate’s sessions out by weight, too', () => {
    const [lost, ...left] = keys(2, 3, 1);
    const moved = Array.from({ length: 100_000 }, (_, at) => rendezvous(keys(2, 3, 1), `s${at}`)).filter(
      ([first]) => first?.name === lost?.name,
    );
    const toFirst = moved.filter(([, second]) => second?.name === left[0]?.name).length;
    expect(Math.abs(toFirst / moved.length - 3 / 4)).toBeLessThan(0.01);
  });

  it('does not depend on the order of the list, on what else was asked, or on the replica', () => {
    fc.assert(
      fc.property(candidates, fc.string(), (some, session) => {
        const names = rendezvous(some, session).map(({ name }) => name);
        expect(rendezvous(some.toReversed(), session).map(({ name }) => name)).toEqual(names);
        expect(names.toSorted()).toEqual(some.map(({ name }) => name).toSorted());
      }),
    );
    // On every machine and with every release: sessions must not move when a gateway is upgraded.
    const orders = ['a', 'b', 'c', 'd'].map((session) =>
      rendezvous(keys(1, 1, 1), session)
        .map(({ name }) => name.at(-1))
        .join(''),
    );
    expect(orders).toMatchInlineSnapshot(`
      [
        "123",
        "132",
        "231",
        "132",
      ]
    `);
  });

  it('keeps the order of all others when one is lost, so that only its sessions move', () => {
    fc.assert(
      fc.property(candidates, fc.string(), fc.nat(), (some, session, at) => {
        const lost = some[at % some.length];
        const before = rendezvous(some, session).filter((each) => each !== lost);
        const after = rendezvous(
          some.filter((each) => each !== lost),
          session,
        );
        expect(after).toEqual(before);
      }),
    );
  });

  it('moves a session only to a candidate whose weight grew', () => {
    fc.assert(
      fc.property(candidates, fc.string(), fc.double({ min: 1, max: 50, noNaN: true }), (some, session, factor) => {
        const [grown] = some;
        const heavier = some.map((each) => (each === grown ? { ...each, weight: each.weight * factor } : each));
        const [before, after] = [rendezvous(some, session)[0]?.name, rendezvous(heavier, session)[0]?.name];
        expect([before, grown?.name]).toContain(after);
      }),
    );
  });

  it('puts those of weight 0 last', () => {
    fc.assert(
      fc.property(candidates, fc.string(), (some, session) => {
        const weights = rendezvous(some, session).map(({ weight }) => Math.sign(weight));
        expect(weights).toEqual(weights.toSorted((one, other) => other - one));
      }),
    );
  });
});
