import type { SqliteValue } from './open-sqlite.ts';

/**
 * What a query wants to bind, in the few kinds that every driver takes. Whole numbers become bigints: as a number, a driver may bind a fraction.
 * Throws a TypeError for what the other database could not keep either: a NUL character, NaN, objects.
 */
export function sqliteValueOf(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'bigint':
      return inRange(value);
    case 'boolean':
      return value ? 1n : 0n;
    case 'number':
      if (Number.isSafeInteger(value)) return BigInt(value);
      if (Number.isFinite(value)) return value;
      throw new TypeError(`the store cannot keep the number ${value}`);
    case 'string':
      if (value.includes('\0')) throw new TypeError('the store cannot keep a NUL character');
      return value;
    default:
      if (value === null) return null;
      if (Buffer.isBuffer(value)) return value;
      throw new TypeError(`the store cannot keep ${Object.prototype.toString.call(value)}`);
  }
}

/** A larger one would be cut off or crash the driver. */
function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new TypeError(`the store cannot keep the number ${value}: it has more than 64 bits`);
}
