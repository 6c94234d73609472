import { sql, type Transaction } from 'kysely';
import type { Tables } from '../sql/schema.ts';

/**
 * Takes the next numbers of a sequence and answers the first. Until the transaction ends, nobody else gets any: so they are
 * committed in their order, and whoever has seen one has seen all before it.
 */
export async function takeNumbers(
  transaction: Transaction<Tables>,
  sequence: 'resources' | 'audit_events',
  count: number,
): Promise<bigint> {
  const { value } = await transaction
    .updateTable('sequences')
    .set({ value: sql`value + ${count}` })
    .where('name', '=', sequence)
    .returning('value')
    .executeTakeFirstOrThrow();
  return value - BigInt(count) + 1n;
}
