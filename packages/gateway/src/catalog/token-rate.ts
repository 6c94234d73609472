declare const unit: unique symbol;

/**
 * What tokens of one kind cost: nano-dollars per million tokens, the price list's dollars per million times 1e9.
 * Per single token the finest prices are no whole number of anything handy; per million they are exact to nine decimals.
 * Made only by `tokenRate`, so that it cannot be mistaken for an amount of money or another unit.
 */
export type TokenRate = bigint & { readonly [unit]: 'nano-dollars per million tokens' };

/** A rate from dollars per million tokens as price lists print them. Throws a RangeError for what is no such price. */
export function tokenRate(dollarsPerMillion: number | string): TokenRate {
  const text = typeof dollarsPerMillion === 'number' ? decimal(dollarsPerMillion) : dollarsPerMillion;
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is not a price in dollars per million tokens with up to nine decimals`);
  const nanoDollars = BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(9, '0'));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the unit is given
  return nanoDollars as TokenRate;
}

/** A number as people wrote it: `String` would turn the smallest into 1e-7. Digits beyond the ninth are rounded. */
function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
