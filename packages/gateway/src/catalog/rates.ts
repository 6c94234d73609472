import { parseDecimal } from './decimal.ts';

declare const unit: unique symbol;

/**
 * What tokens of one kind cost: nano-dollars per million tokens, the price list's dollars per million times 1e9.
 * Per single token the finest prices are no whole number of anything handy; per million they are exact to nine decimals.
 * Made only by `tokenRate`, so that it cannot be mistaken for an amount of money or another unit.
 */
export type TokenRate = bigint & { readonly [unit]: 'nano-dollars per million tokens' };

/** What is billed by the piece costs: nano-dollars per million pieces, so that it adds up with tokens. Made only by `unitRate`. */
export type UnitRate = bigint & { readonly [unit]: 'nano-dollars per million pieces' };

/** How many times as much, in millionths. Made only by `factor`. */
export type Factor = bigint & { readonly [unit]: 'millionths' };

/** A rate from dollars per million tokens as price lists print them. Throws a RangeError for what is no such price. */
export function tokenRate(dollarsPerMillion: number | string): TokenRate {
  const nanoDollars = parseDecimal(dollarsPerMillion, 9);
  if (nanoDollars === undefined)
    throw notA(dollarsPerMillion, 'a price in dollars per million tokens with up to nine decimals');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the unit is given
  return nanoDollars as TokenRate;
}

/** A rate from dollars for one piece, to fifteen decimals. Throws a RangeError for what is no such price. */
export function unitRate(dollarsEach: number | string): UnitRate {
  const nanoDollars = parseDecimal(dollarsEach, 15);
  if (nanoDollars === undefined) throw notA(dollarsEach, 'a price in dollars with up to fifteen decimals');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the unit is given
  return nanoDollars as UnitRate;
}

/** A factor with up to six decimals, such as 0.5 or 1.25. Throws a RangeError for what is none. */
export function factor(times: number | string): Factor {
  const millionths = parseDecimal(times, 6);
  if (millionths === undefined) throw notA(times, 'a factor with up to six decimals');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the unit is given
  return millionths as Factor;
}

function notA(value: number | string, what: string): RangeError {
  return new RangeError(`"${value}" is not ${what}`);
}
