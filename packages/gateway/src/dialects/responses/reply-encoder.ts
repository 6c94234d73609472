import type { ItemDone, ItemHead, Reply, ReplyEvent, Terminal } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeContext, ReplyEncoder } from '../dialect.ts';
import { headOf } from '../shared/reply.ts';
import { streamErrorOf } from './failure.ts';
import { encodeOutputItem, openedItem, outputItemId, wireTypeOf } from './output-encoder.ts';
import { createPieceWriter, type PieceWriter } from './piece-writer.ts';
import { incompleteReasonOf, type ResponseState, responseObject } from './response-object.ts';

interface OpenSlot {
  readonly id: string;
  readonly outputIndex: number;
  readonly pieces: PieceWriter | undefined;
}

/** Writes events as OpenAI streams them, down to sequence numbers; every item comes whole in its `done`. */
export function createReplyEncoder(context: EncodeContext): ReplyEncoder {
  const { goesOn } = context;
  let responseId = goesOn?.id;
  let sequence = goesOn?.sequence ?? 0;
  const slots = new Map<number, OpenSlot>();
  const output: JsonObject[] = [...(goesOn?.items ?? [])];
  let nextIndex = goesOn?.nextIndex ?? 0;

  function frame(type: string, fields: JsonObject): OutFrame {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields });
    sequence += 1;
    return { event: type, data };
  }

  function delta(type: string, head: string, text: string, tail = ''): OutFrame {
    const data = `{"type":"${type}","sequence_number":${sequence},${head}"delta":${JSON.stringify(text)}${tail}}`;
    sequence += 1;
    return { event: type, data };
  }

  function push(event: ReplyEvent): readonly OutFrame[] {
    if (event.type === 'opaque') return event.dialect === 'responses' ? [opaqueFrame(event.value)] : [];
    if (responseId !== undefined) return write(event);
    return [...start(event), ...write(event)];
  }

  function write(event: Exclude<ReplyEvent, { type: 'opaque' }>): readonly OutFrame[] {
    switch (event.type) {
      case 'reply-start':
        return [];
      case 'item-start':
        return open(event.index, event.item);
      case 'item-done':
        return close(event);
      case 'reply-done':
      case 'reply-failed':
        return [end(event)];
      default:
        return slots.get(event.index)?.pieces?.add(event) ?? [];
    }
  }

  function start(event: ReplyEvent): readonly OutFrame[] {
    const given = event.type === 'reply-start' ? event.id : undefined;
    responseId = given?.startsWith('resp_') ? given : context.newId('resp_');
    const response = responseObject({ id: responseId, status: 'in_progress', output: [] }, context);
    return [frame('response.created', { response }), frame('response.in_progress', { response })];
  }

  function open(index: number, head: ItemHead): readonly OutFrame[] {
    const type = wireTypeOf(head);
    if (type === undefined) return [];
    const given = 'id' in head ? head.id : undefined;
    const id = outputItemId(type, given, context);
    const outputIndex = nextIndex;
    nextIndex += 1;
    const pieces = createPieceWriter(head, { item_id: id, output_index: outputIndex }, { frame, delta });
    slots.set(index, { id, outputIndex, pieces });
    return [frame('response.output_item.added', { output_index: outputIndex, item: openedItem(head, id) ?? {} })];
  }

  function close(event: ItemDone): readonly OutFrame[] {
    const slot = slots.get(event.index);
    slots.delete(event.index);
    if (!slot) return closeUnannounced(event);
    const item = encodeOutputItem(event.item, slot.id);
    if (!item) return [];
    output[slot.outputIndex] = item;
    const pieces = slot.pieces?.finish(item) ?? [];
    return [...pieces, frame('response.output_item.done', { output_index: slot.outputIndex, item })];
  }

  /** What is shown only when whole: items that nobody here knows and tools of the provider. */
  function closeUnannounced(event: ItemDone): readonly OutFrame[] {
    const item = encodeOutputItem(event.item, outputItemId(wireTypeOf(headOf(event.item)) ?? '', undefined, context));
    if (!item) return [];
    const fields = { output_index: nextIndex, item };
    output[nextIndex] = item;
    nextIndex += 1;
    return [frame('response.output_item.added', fields), frame('response.output_item.done', fields)];
  }

  function end(event: Terminal): OutFrame {
    const state = terminalState(
      event,
      responseId ?? '',
      output.filter((item) => item !== undefined),
    );
    return frame(`response.${state.status}`, { response: responseObject(state, context) });
  }

  /** An event of this dialect that belongs to no item; it gets a number of this stream. */
  function opaqueFrame(value: JsonObject): OutFrame {
    const type = typeof value['type'] === 'string' ? value['type'] : 'unknown';
    if (value['sequence_number'] === undefined) return { event: type, data: JSON.stringify(value) };
    const { type: _, sequence_number: __, ...fields } = value;
    return frame(type, fields);
  }

  return { push, keepalive: () => keepalive };
}

/** Codex counts only data as life, not comments; it ignores events it does not know. */
const keepalive: OutFrame = { event: 'keepalive', data: '{"type":"keepalive"}' };

function terminalState(event: Terminal, id: string, output: readonly JsonObject[]): ResponseState {
  const { usage } = event;
  if (event.type === 'reply-failed')
    return { id, status: 'failed', output, usage, error: streamErrorOf(event.failure) };
  const incompleteReason = incompleteReasonOf(event.stop);
  return { id, status: incompleteReason === undefined ? 'completed' : 'incomplete', output, usage, incompleteReason };
}

/** Writes a whole answer. */
export function encodeReply(reply: Reply, context: EncodeContext): JsonObject {
  const id = reply.id?.startsWith('resp_') ? reply.id : context.newId('resp_');
  const output = reply.items.flatMap((item) => {
    const given = 'id' in item ? item.id : undefined;
    const written = encodeOutputItem(item, outputItemId(wireTypeOf(headOf(item)) ?? '', given, context));
    return written ? [written] : [];
  });
  const { stop, usage } = reply;
  const state = terminalState({ type: 'reply-done', stop, ...(usage ? { usage } : {}) }, id, output);
  return responseObject(state, context);
}
