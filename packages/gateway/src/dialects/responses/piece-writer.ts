import type { ItemHead, ReplyEvent } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Writes what comes between the announcement of an item and its end. */
export interface PieceWriter {
  add(event: Delta): readonly OutFrame[];
  /** Closes all pieces, from the whole item. */
  finish(item: JsonObject): readonly OutFrame[];
}

type Delta = Extract<ReplyEvent, { type: `${string}-delta` }>;
type FrameOf = (type: string, fields: JsonObject) => OutFrame;

/** What every frame of an item carries. */
interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

/** Undefined for items that have no pieces on the wire. */
export function createPieceWriter(head: ItemHead, place: Place, frame: FrameOf): PieceWriter | undefined {
  if (head.type === 'message') return createPartsWriter(place, frame);
  if (head.type === 'reasoning') return createReasoningWriter(place, frame);
  if (head.type !== 'tool-call' || head.kind === 'search') return undefined;
  return head.kind === 'custom'
    ? createInputWriter('response.custom_tool_call_input', 'input', { place, frame })
    : createInputWriter('response.function_call_arguments', 'arguments', { place, frame });
}

function createInputWriter(type: string, field: string, to: { place: Place; frame: FrameOf }): PieceWriter {
  const { place, frame } = to;
  return {
    add: (event) => ('text' in event ? [frame(`${type}.delta`, { ...place, delta: event.text })] : []),
    finish: (item) => [frame(`${type}.done`, { ...place, name: item['name'], [field]: item[field] })],
  };
}

function createPartsWriter(place: Place, frame: FrameOf): PieceWriter {
  const opened = new Set<number>();

  function open(at: number, part: JsonObject): readonly OutFrame[] {
    if (opened.has(at)) return [];
    opened.add(at);
    return [frame('response.content_part.added', { ...place, content_index: at, part })];
  }

  function add(event: Delta): readonly OutFrame[] {
    const fields = { ...place, content_index: 'part' in event ? event.part : 0, delta: event.text };
    if (event.type === 'refusal-delta') {
      return [...open(event.part, { type: 'refusal', refusal: '' }), frame('response.refusal.delta', fields)];
    }
    if (event.type !== 'text-delta') return [];
    return [...open(event.part, emptyText), frame('response.output_text.delta', { ...fields, logprobs: [] })];
  }

  function finish(item: JsonObject): readonly OutFrame[] {
    return objectsIn(item['content']).flatMap((part, at) => {
      const fields = { ...place, content_index: at };
      return [
        ...open(at, emptied(part)),
        ...textDone(part, fields, frame),
        frame('response.content_part.done', { ...fields, part }),
      ];
    });
  }

  return { add, finish };
}

const emptyText: JsonObject = { type: 'output_text', annotations: [], logprobs: [], text: '' };

function emptied(part: JsonObject): JsonObject {
  if (part['type'] === 'output_text') return emptyText;
  return part['type'] === 'refusal' ? { type: 'refusal', refusal: '' } : part;
}

function textDone(part: JsonObject, fields: JsonObject, frame: FrameOf): readonly OutFrame[] {
  if (part['type'] === 'output_text') {
    return [frame('response.output_text.done', { ...fields, text: part['text'], logprobs: [] })];
  }
  return part['type'] === 'refusal' ? [frame('response.refusal.done', { ...fields, refusal: part['refusal'] })] : [];
}

function createReasoningWriter(place: Place, frame: FrameOf): PieceWriter {
  const summaries = new Set<number>();
  const thoughts = new Set<number>();

  function openSummary(at: number): readonly OutFrame[] {
    if (summaries.has(at)) return [];
    summaries.add(at);
    const part = { type: 'summary_text', text: '' };
    return [frame('response.reasoning_summary_part.added', { ...place, summary_index: at, part })];
  }

  function openThought(at: number): readonly OutFrame[] {
    if (thoughts.has(at)) return [];
    thoughts.add(at);
    const part = { type: 'reasoning_text', text: '' };
    return [frame('response.content_part.added', { ...place, content_index: at, part })];
  }

  function add(event: Delta): readonly OutFrame[] {
    if (event.type === 'summary-delta') {
      const fields = { ...place, summary_index: event.part, delta: event.text };
      return [...openSummary(event.part), frame('response.reasoning_summary_text.delta', fields)];
    }
    if (event.type !== 'thought-delta') return [];
    const fields = { ...place, content_index: event.part, delta: event.text };
    return [...openThought(event.part), frame('response.reasoning_text.delta', fields)];
  }

  function finish(item: JsonObject): readonly OutFrame[] {
    const thought = objectsIn(item['content']).flatMap((part, at) => {
      const fields = { ...place, content_index: at };
      return [
        ...openThought(at),
        frame('response.reasoning_text.done', { ...fields, text: part['text'] }),
        frame('response.content_part.done', { ...fields, part }),
      ];
    });
    const summary = objectsIn(item['summary']).flatMap((part, at) => {
      const fields = { ...place, summary_index: at };
      return [
        ...openSummary(at),
        frame('response.reasoning_summary_text.done', { ...fields, text: part['text'] }),
        frame('response.reasoning_summary_part.done', { ...fields, part }),
      ];
    });
    return [...thought, ...summary];
  }

  return { add, finish };
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
