import type { Price } from './price.ts';

/** The tokens by which models are compared: as in a step of an agent, most of what goes in has been seen before, and far more goes in than comes out. */
const mix = { input: 4, cachedInput: 16, output: 1 };

/** What a model costs, as one number to compare it with others by: no amount of money. */
export function comparablePrice({ tiers: [{ input, cachedInput = input, output }], factor }: Price): number {
  const sum = mix.input * Number(input) + mix.cachedInput * Number(cachedInput) + mix.output * Number(output);
  return factor === undefined ? sum : (sum * Number(factor)) / 1_000_000;
}
