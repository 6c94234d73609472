import type { ItemHead, ReplyEvent } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Writes what comes between the announcement of an item and its end. */
export interface PieceWriter {
  add(event: Delta): readonly OutFrame[];
  /** Closes all pieces, from the whole item. */
  finish(item: JsonObject): readonly OutFrame[];
}

/** Writes the frames of a stream, which counts its events. */
export interface FrameWriter {
  frame(type: string, fields: JsonObject): OutFrame;
  /** The frame of one more piece of text. Nearly all frames are such, so they are put together as text: `head` and `tail` are the JSON around the delta. */
  delta(type: string, head: string, text: string, tail?: string): OutFrame;
}

type Delta = Extract<ReplyEvent, { type: `${string}-delta` }>;

/** What every frame of an item carries. */
interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

/** Undefined for items that have no pieces on the wire. */
export function createPieceWriter(head: ItemHead, place: Place, frames: FrameWriter): PieceWriter | undefined {
  if (head.type === 'message') return createPartsWriter(place, frames);
  if (head.type === 'reasoning') return createReasoningWriter(place, frames);
  if (head.type !== 'tool-call' || head.kind === 'search') return undefined;
  return head.kind === 'custom'
    ? createInputWriter('response.custom_tool_call_input', 'input', { place, frames })
    : createInputWriter('response.function_call_arguments', 'arguments', { place, frames });
}

/** A place as JSON text with a comma at its end. */
function textOf(place: Place): string {
  return `"item_id":${JSON.stringify(place.item_id)},"output_index":${place.output_index},`;
}

function createInputWriter(type: string, field: string, to: { place: Place; frames: FrameWriter }): PieceWriter {
  const { place, frames } = to;
  const head = textOf(place);
  const deltaType = `${type}.delta`;
  return {
    add: (event) => [frames.delta(deltaType, head, event.text)],
    finish: (item) => [frames.frame(`${type}.done`, { ...place, name: item['name'], [field]: item[field] })],
  };
}

function createPartsWriter(place: Place, frames: FrameWriter): PieceWriter {
  const opened = new Set<number>();
  const head = textOf(place);

  function open(at: number, part: JsonObject): readonly OutFrame[] {
    if (opened.has(at)) return [];
    opened.add(at);
    return [frames.frame('response.content_part.added', { ...place, content_index: at, part })];
  }

  function add(event: Delta): readonly OutFrame[] {
    if (event.type !== 'text-delta' && event.type !== 'refusal-delta') return [];
    const { part, text } = event;
    const isText = event.type === 'text-delta';
    const opening = open(part, isText ? emptyText : emptyRefusal);
    const counted = `${head}"content_index":${part},`;
    const delta = isText
      ? frames.delta('response.output_text.delta', counted, text, ',"logprobs":[]')
      : frames.delta('response.refusal.delta', counted, text);
    return opening.length === 0 ? [delta] : [...opening, delta];
  }

  function finish(item: JsonObject): readonly OutFrame[] {
    return objectsIn(item['content']).flatMap((part, at) => {
      const fields = { ...place, content_index: at };
      return [
        ...open(at, emptied(part)),
        ...textDone(part, fields, frames),
        frames.frame('response.content_part.done', { ...fields, part }),
      ];
    });
  }

  return { add, finish };
}

const emptyText: JsonObject = { type: 'output_text', annotations: [], logprobs: [], text: '' };
const emptyRefusal: JsonObject = { type: 'refusal', refusal: '' };

function emptied(part: JsonObject): JsonObject {
  if (part['type'] === 'output_text') return emptyText;
  return part['type'] === 'refusal' ? emptyRefusal : part;
}

function textDone(part: JsonObject, fields: JsonObject, frames: FrameWriter): readonly OutFrame[] {
  if (part['type'] === 'output_text') {
    return [frames.frame('response.output_text.done', { ...fields, text: part['text'], logprobs: [] })];
  }
  if (part['type'] !== 'refusal') return [];
  return [frames.frame('response.refusal.done', { ...fields, refusal: part['refusal'] })];
}

/** The two kinds of words that thought is told in, by what they are called on the wire. */
const summaryNames = {
  field: 'summary',
  part: 'summary_text',
  count: 'summary_index',
  added: 'response.reasoning_summary_part.added',
  delta: 'response.reasoning_summary_text.delta',
  textDone: 'response.reasoning_summary_text.done',
  done: 'response.reasoning_summary_part.done',
} as const;
const thoughtNames = {
  field: 'content',
  part: 'reasoning_text',
  count: 'content_index',
  added: 'response.content_part.added',
  delta: 'response.reasoning_text.delta',
  textDone: 'response.reasoning_text.done',
  done: 'response.content_part.done',
} as const;

function createReasoningWriter(place: Place, frames: FrameWriter): PieceWriter {
  const summary = createWordsWriter(summaryNames, place, frames);
  const thought = createWordsWriter(thoughtNames, place, frames);
  return {
    add(event) {
      if (event.type === 'summary-delta') return summary.add(event.part, event.text);
      return event.type === 'thought-delta' ? thought.add(event.part, event.text) : [];
    },
    finish: (item) => [...thought.finish(item), ...summary.finish(item)],
  };
}

function createWordsWriter(names: typeof summaryNames | typeof thoughtNames, place: Place, frames: FrameWriter) {
  const opened = new Set<number>();
  const head = textOf(place);

  function open(at: number): readonly OutFrame[] {
    if (opened.has(at)) return [];
    opened.add(at);
    return [frames.frame(names.added, { ...place, [names.count]: at, part: { type: names.part, text: '' } })];
  }

  function add(at: number, text: string): readonly OutFrame[] {
    const opening = open(at);
    const delta = frames.delta(names.delta, `${head}"${names.count}":${at},`, text);
    return opening.length === 0 ? [delta] : [...opening, delta];
  }

  function finish(item: JsonObject): readonly OutFrame[] {
    return objectsIn(item[names.field]).flatMap((part, at) => {
      const fields = { ...place, [names.count]: at };
      return [
        ...open(at),
        frames.frame(names.textDone, { ...fields, text: part['text'] }),
        frames.frame(names.done, { ...fields, part }),
      ];
    });
  }

  return { add, finish };
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
