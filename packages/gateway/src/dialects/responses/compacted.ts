import type { Reply } from '../../core/events.ts';
import type { MessageItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeContext, TopFields } from '../dialect.ts';
import { clientScope } from './client-scope.ts';
import { encodeItem } from './item-encoder.ts';
import { encodeOutputItem } from './output-encoder.ts';
import { encodeUsage } from './usage.ts';

const trigger = Buffer.from('"compaction_trigger"');
/** The trigger is the last item and says nothing but its type, perhaps with a little metadata. */
const tailBytes = 2_000;

/** Whether the last item may be a wish for a compaction. A look at the end of the input is enough. */
export function asksForCompaction(fields: TopFields): boolean {
  const input = fields('input');
  return input !== undefined && input.subarray(-tailBytes).includes(trigger);
}

/**
 * The answer of `POST /responses/compact`: the whole history that takes the place of the one that was sent
 * (https://platform.openai.com/docs/api-reference/responses/compact).
 */
export function encodeCompacted(reply: Reply, kept: readonly MessageItem[], context: EncodeContext): JsonObject {
  const compactions = reply.items.flatMap((item) => {
    const written = encodeOutputItem(item, context.newId('cmp_'));
    return written ? [written] : [];
  });
  return {
    id: context.newId('resp_'),
    object: 'response.compaction',
    created_at: context.createdAt,
    output: [...kept.flatMap((item) => encodeItem(item, clientScope)), ...compactions],
    usage: reply.usage ? encodeUsage(reply.usage) : null,
  };
}
