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
