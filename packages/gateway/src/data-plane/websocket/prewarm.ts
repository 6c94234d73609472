import { noUsage } from '../../core/usage.ts';
import type { EncodeContext } from '../../dialects/dialect.ts';
import { responseObject } from '../../dialects/responses/response-object.ts';

/** The answer to a message that wants nothing generated yet: an id to build on, no items, no tokens. */
export function prewarmMessages(id: string, context: EncodeContext): readonly string[] {
  const created = responseObject({ id, status: 'in_progress', output: [] }, context);
  const completed = responseObject({ id, status: 'completed', output: [], usage: noUsage }, context);
  return [
    JSON.stringify({ type: 'response.created', sequence_number: 0, response: created }),
    JSON.stringify({ type: 'response.completed', sequence_number: 1, response: completed }),
  ];
}
