import { describe, expect, it } from 'vitest';
import type { Price } from '../../catalog/price.ts';
import { tokenRate } from '../../catalog/rates.ts';
import { Failure } from '../../core/failure.ts';
import { noUsage } from '../../core/usage.ts';
import type { Observation } from '../../dialects/dialect.ts';
import type { AnswerWeight, Pump } from '../pump.ts';
import { billOfAnswer, billOfFailure, type Pricing } from './bill.ts';

const price: Price = { tiers: [{ fromInputTokens: 0, input: tokenRate('1'), output: tokenRate('2') }] };
const pricing: Pricing = { price, circumstances: {}, bound: { inputTokens: 500, outputTokens: 100 } };

function pumpOf(seen: Observation, weight: AnswerWeight = { frames: 0, textBytes: 0 }): Pump {
  return {
    read: async () => undefined,
    finished: () => true,
    begun: () => true,
    seen: () => seen,
    weight: () => weight,
    cancel: () => {},
  };
}

describe('a bill', () => {
  it('names what of it the price has no word for', () => {
    const usage = { ...noUsage, inputTokens: 10, outputTokens: 5, units: { 'web-search': 2 }, serviceTier: 'priority' };
    const bill = billOfAnswer(pumpOf({ semantic: true, terminal: 'done', usage }), 40, pricing);
    expect(bill).toEqual({ usage, nanoDollars: 20_000n, unpriced: ['web-search', 'service tier priority'] });
  });

  it('takes what was told as it is, and no estimate above what was reserved', () => {
    const told = { ...noUsage, inputTokens: 900 };
    const bill = billOfAnswer(pumpOf({ semantic: true, usage: told }, { frames: 3, textBytes: 3_000 }), 40, pricing);
    expect(bill?.usage).toMatchObject({ inputTokens: 900, outputTokens: 100, estimated: true });
  });

  it('counts what was gathered for a client who left before it was whole', () => {
    const progress = { sent: true, status: 200, pump: pumpOf({ semantic: false }, { frames: 4, textBytes: 60 }) };
    const bill = billOfFailure(progress, new Failure('client-gone', 'It left.'), { bodyBytes: 400, pricing });
    expect(bill?.usage).toMatchObject({ inputTokens: 100, outputTokens: 20, estimated: true });
  });

  it('is none where the provider said no', () => {
    const failure = new Failure('upstream-overloaded', 'Later.');
    expect(billOfFailure({ sent: true, status: 529 }, failure, { bodyBytes: 400, pricing })).toBeUndefined();
  });
});
