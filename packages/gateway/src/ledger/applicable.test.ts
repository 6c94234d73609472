import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitBookOf } from '../../test/kit/ledger.ts';
import { matchesPattern } from '../core/name-pattern.ts';
import type { Aim } from './applicable.ts';
import type { Payer } from './request.ts';

const name = fc.constantFrom('a', 'b', 'c');
const pattern = fc.constantFrom('a', 'b', '*', 'a*', 'a/b', '*/c');
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const scope = fc
  .record({
    key: maybe(name),
    user: maybe(name),
    team: maybe(name),
    organization: maybe(name),
    provider: maybe(pattern),
    model: maybe(pattern),
    tag: maybe(name),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
const per = maybe(fc.constantFrom('key', 'user', 'team', 'organization', 'provider', 'model', 'tag', 'session'));
const payer: fc.Arbitrary<Payer> = fc
  .record({ key: maybe(name), user: maybe(name), team: maybe(name), organization: maybe(name), tags: fc.array(name) })
  .map(({ tags, ...ids }) => ({
    ...Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)),
    tags,
  }));
const aim = fc.record({
  payer,
  modelAsked: pattern.filter((text) => !text.includes('*')),
  provider: name,
  model: name,
});

type Ids = Readonly<Record<string, string | undefined>>;

/** The definition, without an index: every field of the scope matches; one account for each that it counts apart for. */
function accountsOf(limit: { id: string; scope: Ids; per?: string | undefined }, { caller, modelAsked, place }: Aim) {
  const { payer } = caller;
  const ids: Ids = { key: payer.key, user: payer.user, team: payer.team, organization: payer.organization };
  const served = `${place.provider}/${place.model}`;
  const fits = Object.entries(limit.scope).every(([field, value = '']) => {
    if (field === 'tag') return payer.tags.includes(value);
    if (field === 'provider') return matchesPattern(value, place.provider);
    if (field === 'model') return matchesPattern(value, modelAsked) || matchesPattern(value, served);
    return ids[field] === value;
  });
  if (!fits) return [];
  const owners: Readonly<Record<string, readonly (string | undefined)[]>> = {
    ...Object.fromEntries(Object.entries(ids).map(([field, id]) => [field, id === undefined ? [] : [id]])),
    tag: [...new Set(payer.tags)],
    provider: [place.provider],
    model: [served],
    session: [caller.session],
  };
  const apart = limit.per === undefined ? [undefined] : (owners[limit.per] ?? []);
  return apart.map((owner) => (owner === undefined ? limit.id : `${limit.id}/${owner}`));
}

describe('createLimitBook', () => {
  it('finds exactly the limits whose scopes match, whoever asks for what', () => {
    const limits = fc.array(fc.record({ scope, per }), { maxLength: 25 });
    fc.assert(
      fc.property(limits, fc.array(aim, { minLength: 1, maxLength: 5 }), (written, aims) => {
        const budgets = written.map((each, index) => ({ id: `b${index}`, dollars: 1, ...each }));
        const book = limitBookOf({ budgets });
        for (const { payer, modelAsked, provider, model } of [...aims, ...aims]) {
          const caller = { payer, exchangeId: 'x', session: 's' };
          const wanted: Aim = { caller, modelAsked, place: { provider, model } };
          const found = book.applicable(wanted).map(({ account }) => account.replace('nano-dollars/month/', ''));
          const want = budgets.flatMap((each) => accountsOf(each, wanted));
          expect([...found].sort()).toEqual([...want].sort());
        }
      }),
    );
  });

  it('leaves disabled limits out', () => {
    expect(limitBookOf({ budgets: [{ id: 'x', dollars: 1, disabled: true }] }).limits).toEqual([]);
  });
});
