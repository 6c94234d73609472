import { expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { Failure } from '../core/failure.ts';
import type { CanonicalRequest, Item } from '../core/items.ts';
import { createRefusedSeals } from '../routing/refused-seals.ts';
import type { Envelope } from './envelope.ts';
import { createSealSieve } from './seal-sieve.ts';

const [here, there] = [deploymentOf({ provider: 'here' }), deploymentOf({ provider: 'there' })];
const { issuer } = here.provider;

function thought(name: string, by = issuer): Item {
  return { type: 'reasoning', summary: [name], id: `rs_${name}`, seal: { issuer: by, data: `gAAA-${name}-${name}==` } };
}

const words: Item = { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Words.' }] };
const [first, second, third] = [thought('first'), thought('second'), thought('third')];

function envelopeOf(...items: readonly Item[]): Envelope {
  const request: CanonicalRequest = { model: 'm', stream: true, items, tools: [] };
  return {
    model: 'm',
    stream: true,
    bodyBytes: 0,
    canonical: () => request,
    peek() {
      throw new TypeError('the bytes are of no interest here');
    },
    written() {
      throw new TypeError('nothing is written here');
    },
    forget() {},
  };
}

function refusal(named: string): Failure {
  return new Failure('upstream-seal-refused', `The encrypted content ${named} could not be verified.`);
}

function house() {
  const refused = createRefusedSeals();
  const sieve = () => createSealSieve(refused, 'a session');
  /** Whose thoughts go there. */
  const sent = (envelope: Envelope, deployment = here) => {
    const { items } = sieve().sifted(envelope, deployment) ?? envelope.canonical();
    return items.flatMap((item) => (item.type === 'reasoning' && item.seal?.issuer === issuer ? item.summary : []));
  };
  return { sieve, sent };
}

it('lets everything pass that nobody has refused', () => {
  const { sieve } = house();
  expect(sieve().sifted(envelopeOf(first, words), here)).toBeUndefined();
});

it('leaves out what was refused, from there alone, and in later requests too', () => {
  const { sieve, sent } = house();
  const history = envelopeOf(first, words, second);
  expect(sieve().mayMend(refusal('for item rs_first'), history, here)).toBe(true);
  expect(sent(history)).toEqual([]);
  expect(sent(history, there)).toEqual(['first', 'second']);
  expect(sent(envelopeOf(first, words, second, third))).toEqual(['third']);
});

it.each(['for item rs_second', 'gAAA...nd=='])('keeps what stands before the one that is named (%s)', (named) => {
  const { sieve, sent } = house();
  const history = envelopeOf(first, second, third);
  expect(sieve().mayMend(refusal(named), history, here)).toBe(true);
  expect(sent(history)).toEqual(['first']);
});

it('leaves out everything where none is named', () => {
  const { sieve, sent } = house();
  const history = envelopeOf(first, second);
  expect(sieve().mayMend(refusal('of this request'), history, here)).toBe(true);
  expect(sent(history)).toEqual([]);
});

it('leaves out everything when that was not enough, and then gives up', () => {
  const { sieve, sent } = house();
  const history = envelopeOf(first, second, third);
  const mine = sieve();
  expect(mine.mayMend(refusal('for item rs_third'), history, here)).toBe(true);
  expect(mine.mayMend(refusal('for item rs_second'), history, here)).toBe(true);
  expect(sent(history)).toEqual([]);
  expect(mine.mayMend(refusal('for item rs_second'), history, here)).toBe(false);
});

it('never touches what another issuer has sealed: that does not go there anyway', () => {
  const { sieve } = house();
  const history = envelopeOf(thought('other', 'another'), words);
  expect(sieve().mayMend(refusal('for item rs_other'), history, here)).toBe(false);
  expect(sieve().sifted(history, here)).toBeUndefined();
});

it('cannot do without a history that was condensed', () => {
  const { sieve, sent } = house();
  const condensed: Item = { type: 'compaction', id: 'cmp_1', seal: { issuer, data: 'gAAA-history' } };
  const history = envelopeOf(condensed, first);
  const told = { code: 'upstream-seal-refused', message: expect.stringContaining('start a new session') };
  expect(() => sieve().mayMend(refusal('for item cmp_1'), history, here)).toThrow(expect.objectContaining(told));
  expect(sent(history)).toEqual(['first']);
  expect(sieve().mayMend(refusal('for item rs_first'), history, here)).toBe(true);
});

it('mends nothing else', () => {
  const { sieve } = house();
  const wrong = new Failure('upstream-request-refused', 'Item rs_first is wrong.');
  expect(sieve().mayMend(wrong, envelopeOf(first), here)).toBe(false);
  expect(sieve().mayMend(new TypeError('odd'), envelopeOf(first), here)).toBe(false);
});
