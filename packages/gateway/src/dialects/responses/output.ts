import type { ItemHead, ReplyEvent } from '../../core/events.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { createOpenItem, type OpenItem, type PieceKind } from './open-item.ts';
import { decodeHead, decodeOutputItem, opensEarly } from './output-item.ts';

/** The items of an answer while they come in. */
export interface Output {
  /** Takes one stream event that is neither start nor end. */
  push(type: string, event: JsonObject): readonly ReplyEvent[];
  /** Closes what is open, from the final `response.output` where it has it, and adds what was never announced. */
  finish(response: JsonObject): readonly ReplyEvent[];
}

interface Piece {
  readonly kind: PieceKind;
  /** The event's field that counts parts. */
  readonly part?: string;
  /** The item to open when none was announced: calls need a name, so they have none. */
  readonly implies?: ItemHead;
}

const message: ItemHead = { type: 'message' };
const reasoning: ItemHead = { type: 'reasoning' };

const deltas: Readonly<Record<string, Piece>> = {
  'response.output_text.delta': { kind: 'text', part: 'content_index', implies: message },
  'response.refusal.delta': { kind: 'refusal', part: 'content_index', implies: message },
  'response.reasoning_summary_text.delta': { kind: 'summary', part: 'summary_index', implies: reasoning },
  'response.reasoning_text.delta': { kind: 'thought', part: 'content_index', implies: reasoning },
  'response.function_call_arguments.delta': { kind: 'arguments' },
  'response.custom_tool_call_input.delta': { kind: 'input' },
};

/** Events without an item that are of no use to anybody downstream. */
const idle: ReadonlySet<string> = new Set(['', 'keepalive', 'ping', 'response.queued']);

export function createOutput(context: DecodeContext): Output {
  const slots = new Map<string, OpenItem>();
  const doneNames = new Set<Json>();
  let count = 0;

  function open(key: string, head: ItemHead, announced: JsonObject = {}): OpenItem {
    const slot = createOpenItem(count, head, announced);
    count += 1;
    slots.set(key, slot);
    return slot;
  }

  function push(type: string, event: JsonObject): readonly ReplyEvent[] {
    const item = isJsonObject(event['item']) ? event['item'] : undefined;
    if (type === 'response.output_item.added') return item ? added(keyOf(event, item), item) : [];
    if (type === 'response.output_item.done') return item ? done(keyOf(event, item), item) : [];
    const piece = Object.hasOwn(deltas, type) ? deltas[type] : undefined;
    if (piece) return more(piece, event);
    const ofItem = event['output_index'] !== undefined || event['item_id'] !== undefined;
    return ofItem || idle.has(type) ? [] : [{ type: 'opaque', dialect: 'responses', value: event }];
  }

  function added(key: string, item: JsonObject): readonly ReplyEvent[] {
    const previous = slots.get(key);
    const closed = previous && !previous.isDone() ? previous.closeAsTold() : [];
    if (!opensEarly(item)) {
      slots.delete(key);
      return closed;
    }
    return [...closed, ...open(key, decodeHead(item, context), item).start()];
  }

  function done(key: string, value: JsonObject): readonly ReplyEvent[] {
    const known = slots.get(key);
    const slot = known && !known.isDone() ? known : undefined;
    const item = decodeOutputItem(value, context);
    for (const name of namesOf(value)) doneNames.add(name);
    if (slot) return item ? slot.close(item) : slot.closeAsTold();
    const whole = item ?? { type: 'opaque', dialect: 'responses', value };
    const fresh = open(key, decodeHead(value, context));
    return [...fresh.start(), ...fresh.close(whole)];
  }

  function more(piece: Piece, event: JsonObject): readonly ReplyEvent[] {
    const key = keyOf(event, undefined);
    const known = slots.get(key);
    if (!known && !piece.implies) return [];
    const slot = known ?? open(key, piece.implies ?? message);
    const text = typeof event['delta'] === 'string' ? event['delta'] : '';
    return [...(known ? [] : slot.start()), ...slot.add(piece.kind, partOf(piece, event), text)];
  }

  function finish(response: JsonObject): readonly ReplyEvent[] {
    const output: readonly Json[] = Array.isArray(response['output']) ? response['output'] : [];
    const events = output.flatMap((value, at) => {
      if (!isJsonObject(value) || namesOf(value).some((name) => doneNames.has(name))) return [];
      const key = finalKey(value, at);
      return slots.get(key)?.isDone() ? [] : done(key, value);
    });
    const open = [...slots.values()].filter((slot) => !slot.isDone());
    return [...events, ...open.flatMap((slot) => slot.closeAsTold())];
  }

  /** Vendors that count no `output_index` are matched by id, else by order. */
  function finalKey(value: JsonObject, at: number): string {
    const byIndex = `#${at}`;
    if (slots.has(byIndex)) return byIndex;
    const byId = idKey(value['id']);
    if (slots.has(byId)) return byId;
    const counted = [...slots.keys()].some((key) => key.startsWith('#'));
    return (counted ? undefined : [...slots.keys()][at]) ?? byIndex;
  }

  return { push, finish };
}

/** Some proxies give an item another id in every event, so the index goes first. */
function keyOf(event: JsonObject, item: JsonObject | undefined): string {
  const index = event['output_index'];
  if (typeof index === 'number') return `#${index}`;
  return idKey(event['item_id'] ?? item?.['id']);
}

function idKey(id: Json | undefined): string {
  return typeof id === 'string' ? `@${id}` : '@';
}

/** What tells an item from others even where its vendor counts wrong. */
function namesOf(value: JsonObject): readonly Json[] {
  return [value['id'], value['call_id']].filter((name): name is string => typeof name === 'string' && name !== '');
}

function partOf(piece: Piece, event: JsonObject): number {
  const part = piece.part === undefined ? undefined : event[piece.part];
  return typeof part === 'number' && part >= 0 ? part : 0;
}
