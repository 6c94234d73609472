/** Reads a decimal as a whole number of its smallest parts: `2.5` with two digits is 250. Undefined for what is none or has more digits. */
export function parseDecimal(value: number | string, digits: number): bigint | undefined {
  const text = typeof value === 'number' ? written(value, digits) : value;
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > digits) return undefined;
  return BigInt((match[1] ?? '') + fraction.padEnd(digits, '0'));
}

/** A number as people wrote it: `String` would turn the smallest into 1e-7. Digits beyond the last are rounded. */
function written(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '');
}
