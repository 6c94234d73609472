import type { ItemHead, ReplyEvent } from '../../core/events.ts';
import type { Item, MessageItem, TextPart, ToolCallItem } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, parseJson, unknownFields } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { createFreeformStream, freeformInput } from '../shared/freeform.ts';
import { headOf } from '../shared/reply.ts';
import { readAnsweredThought } from './block-reader.ts';
import { answers, hostedItem, hostedTool, isHostedResult, isHostedUse } from './hosted.ts';
import { type Block, extraOf, here, textOf } from './types.ts';

/** Turns an answer's blocks into items. Blocks come one after the other and never interleave. */
export interface BlockDecoder {
  start(block: Block): void;
  delta(delta: JsonObject): void;
  stop(): void;
  /** The answer ended: closes what stays open between blocks. */
  finish(): void;
}

/** A block that is being read. `stop` gives its item up. */
interface OpenBlock {
  delta(delta: JsonObject): void;
  stop(): void;
}

const callFields: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input']);

export function createBlockDecoder(context: DecodeContext, emit: (event: ReplyEvent) => void): BlockDecoder {
  let nextIndex = 0;
  let open: OpenBlock | undefined;
  /** Texts that follow each other are parts of one message: citations cut prose into many blocks. */
  let message: { readonly index: number; readonly parts: TextPart[] } | undefined;
  /** A hosted call that waits for its result, which comes as the next block. */
  let waiting: { readonly index: number; readonly use: Block } | undefined;

  function startItem(item: ItemHead): number {
    const index = nextIndex;
    nextIndex += 1;
    emit({ type: 'item-start', index, item });
    return index;
  }

  function wholeItem(item: Item): void {
    emit({ type: 'item-done', index: startItem(headOf(item)), item });
  }

  function closeMessage(): void {
    if (!message) return;
    const item: MessageItem = { type: 'message', role: 'assistant', parts: message.parts };
    emit({ type: 'item-done', index: message.index, item });
    message = undefined;
  }

  function closeHosted(): void {
    if (waiting) emit({ type: 'item-done', index: waiting.index, item: hostedItem([waiting.use]) });
    waiting = undefined;
  }

  function comesWhole(item: Item): OpenBlock {
    wholeItem(item);
    return finished;
  }

  function openText(block: Block): OpenBlock {
    const { text: _, type: __, citations: first, ...rest } = block;
    const citations: Json[] = Array.isArray(first) ? [...first] : [];
    const at = message?.parts.length ?? 0;
    let text = '';
    function add(more: string): void {
      if (more === '') return;
      message ??= { index: startItem({ type: 'message' }), parts: [] };
      text += more;
      emit({ type: 'text-delta', index: message.index, part: at, text: more });
    }
    add(textOf(block, 'text'));
    return {
      delta(delta) {
        add(textOf(delta, 'text'));
        if (delta['citation'] !== undefined) citations.push(delta['citation']);
      },
      stop() {
        if (text === '') return;
        const fields = { ...rest, ...(citations.length > 0 ? { citations } : {}) };
        message?.parts.push({ type: 'text', text, ...extraOf(Object.keys(fields).length > 0 ? fields : undefined) });
      },
    };
  }

  function openThought(block: Block): OpenBlock {
    const index = startItem({ type: 'reasoning' });
    let thinking = '';
    let signature = textOf(block, 'signature');
    function add(more: string): void {
      if (more === '') return;
      thinking += more;
      emit({ type: 'summary-delta', index, part: 0, text: more });
    }
    add(textOf(block, 'thinking'));
    return {
      delta(delta) {
        add(textOf(delta, 'thinking'));
        signature += textOf(delta, 'signature');
      },
      stop: () =>
        emit({
          type: 'item-done',
          index,
          item: readAnsweredThought({ ...block, thinking, signature }, context.issuer),
        }),
    };
  }

  function openCall(block: Block): OpenBlock {
    const { kind, tool } = context.tools.resolve(textOf(block, 'name'));
    const callId = textOf(block, 'id');
    const index = startItem({ type: 'tool-call', kind, callId, tool });
    const freeform = kind === 'custom' ? createFreeformStream() : undefined;
    let json = '';
    let told = '';
    function tell(more: string): void {
      if (more === '') return;
      told += more;
      emit({ type: 'input-delta', index, text: more });
    }
    return {
      delta(delta) {
        const more = textOf(delta, 'partial_json');
        json += more;
        tell(freeform ? freeform.push(more) : more);
      },
      stop() {
        // Without deltas the input stands whole at the start, or the call has none.
        const whole = json === '' ? JSON.stringify(block['input'] ?? {}) : json;
        const input = freeform ? freeformInput(whole) : whole;
        tell(input.startsWith(told) ? input.slice(told.length) : '');
        const extra = extraOf(unknownFields(block, callFields));
        const item: ToolCallItem = { type: 'tool-call', kind, callId, tool, input, ...extra };
        emit({ type: 'item-done', index, item });
      },
    };
  }

  function openHosted(block: Block): OpenBlock {
    const { id } = block;
    const index = startItem({
      type: 'hosted-call',
      tool: hostedTool(block),
      ...(typeof id === 'string' ? { id } : {}),
    });
    let json = '';
    return {
      delta(delta) {
        json += textOf(delta, 'partial_json');
      },
      stop() {
        waiting = { index, use: json === '' ? block : { ...block, input: inputOf(json) } };
      },
    };
  }

  function openResult(block: Block): OpenBlock {
    return {
      delta() {},
      stop() {
        if (waiting && answers(block, waiting.use)) {
          emit({ type: 'item-done', index: waiting.index, item: hostedItem([waiting.use, block]) });
          waiting = undefined;
        } else {
          closeHosted();
          wholeItem(hostedItem([block]));
        }
      },
    };
  }

  function openBlock(block: Block): OpenBlock {
    const type = block['type'];
    if (type !== 'text') closeMessage();
    if (!isHostedResult(block)) closeHosted();
    if (type === 'text') return openText(block);
    if (type === 'thinking') return openThought(block);
    if (type === 'redacted_thinking') return comesWhole(readAnsweredThought(block, context.issuer));
    if (type === 'tool_use') return openCall(block);
    if (isHostedUse(block)) return openHosted(block);
    if (isHostedResult(block)) return openResult(block);
    return comesWhole({ type: 'opaque', dialect: here, value: block });
  }

  function stop(): void {
    open?.stop();
    open = undefined;
  }

  return {
    start(block) {
      stop();
      open = openBlock(block);
    },
    delta: (delta) => open?.delta(delta),
    stop,
    finish() {
      stop();
      closeMessage();
      closeHosted();
    },
  };
}

/** A block that came whole with its start. */
const finished: OpenBlock = { delta() {}, stop() {} };

function inputOf(json: string): JsonObject {
  const value = parseJson(json);
  return isJsonObject(value) ? value : { _raw: json };
}
