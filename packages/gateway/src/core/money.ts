/** Money in nano-dollars (1e-9 USD), exact. */
export type NanoDollars = bigint;

/** Dollars with at least four decimals and no exponent, e.g. `0.0123`. Exact, trailing zeros beyond four trimmed. */
export function formatDollars(amount: NanoDollars): string {
  const sign = amount < 0n ? '-' : '';
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % 1_000_000_000n)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,5}$/, '');
  return `${sign}${absolute / 1_000_000_000n}.${fraction}`;
}

/** Dollars as people write them, exactly: up to nine decimals, without an exponent. */
export function nanoDollarsOf(dollars: number | string): NanoDollars {
  const [whole = '0', fraction = ''] = (typeof dollars === 'number' ? dollars.toFixed(9) : dollars).split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
