import type { ReplyEvent } from '../../core/events.ts';
import type { Item, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { blocksOf, callHead, callText, ownThought, signatureOf, thoughtText } from './block-writer.ts';
import { type Block, ownFields, textOf } from './types.ts';

/** Writes the blocks of one stream: opens, fills and closes them, one at a time, counting. */
export interface BlockSink {
  open(block: Block): void;
  delta(delta: Block): void;
  close(): void;
}

/** Writes one item as it comes in. */
export interface ItemStreamer {
  push(event: ReplyEvent): void;
}

type Start = Extract<ReplyEvent, { type: 'item-start' }>;

export function createItemStreamer({ item }: Start, sink: BlockSink): ItemStreamer {
  switch (item.type) {
    case 'message':
      return streamMessage(sink);
    case 'reasoning':
      return streamThought(sink);
    case 'tool-call':
      return streamCall(item, sink);
    default:
      return onDone((done) => writeWhole(blocksOf(done), sink));
  }
}

/** Each part is a block of its own. What had no deltas is written when the item is done. */
function streamMessage(sink: BlockSink): ItemStreamer {
  let at: number | undefined;
  const seen = new Set<number>();

  function turnTo(part: number): void {
    if (at === part) return;
    if (at !== undefined) sink.close();
    sink.open({ type: 'text', text: '' });
    at = part;
    seen.add(part);
  }

  return {
    push(event) {
      if (event.type === 'text-delta' || event.type === 'refusal-delta') {
        turnTo(event.part);
        sink.delta({ type: 'text_delta', text: event.text });
      } else if (event.type === 'item-done' && event.item.type === 'message') {
        const { parts } = event.item;
        if (at !== undefined) {
          writeCitations(parts[at], sink);
          sink.close();
        }
        const rest = parts.filter((part, index) => !seen.has(index) && !('text' in part && part.text === ''));
        writeWhole(blocksOf({ ...event.item, parts: rest }), sink);
      }
    },
  };
}

function writeCitations(part: object | undefined, sink: BlockSink): void {
  const citations = part === undefined ? undefined : ownFields(part)?.['citations'];
  if (!Array.isArray(citations)) return;
  for (const citation of citations satisfies readonly Json[]) sink.delta({ type: 'citations_delta', citation });
}

/** A redacted thought is a block of another type, known only when it is done: nothing is opened before there is text. */
function streamThought(sink: BlockSink): ItemStreamer {
  let open = false;
  let kind: string | undefined;
  let part = 0;

  function add(event: { readonly type: string; readonly part: number; readonly text: string }): void {
    // Where a provider tells both, the kind that came first is shown.
    kind ??= event.type;
    if (event.type !== kind || event.text === '') return;
    if (!open) sink.open({ type: 'thinking', thinking: '', signature: '' });
    open = true;
    const gap = event.part === part ? '' : '\n\n';
    part = event.part;
    sink.delta({ type: 'thinking_delta', thinking: gap + event.text });
  }

  function finish(item: ReasoningItem): void {
    const own = ownThought(item);
    if (own?.['type'] === 'redacted_thinking') {
      writeWhole([own], sink);
      return;
    }
    const signature = signatureOf(item);
    const text = thoughtText(item);
    if (!open && signature === '' && text === '') return;
    if (!open) sink.open({ type: 'thinking', thinking: '', signature: '' });
    if (!open && text !== '') sink.delta({ type: 'thinking_delta', thinking: text });
    sink.delta({ type: 'signature_delta', signature });
    sink.close();
  }

  return {
    push(event) {
      if (event.type === 'summary-delta' || event.type === 'thought-delta') add(event);
      else if (event.type === 'item-done' && event.item.type === 'reasoning') finish(event.item);
    },
  };
}

function streamCall(head: Pick<ToolCallItem, 'callId' | 'tool' | 'kind'>, sink: BlockSink): ItemStreamer {
  let told = false;
  sink.open({ ...callHead(head), input: {} });

  function tell(text: string): void {
    told = true;
    sink.delta({ type: 'input_json_delta', partial_json: text });
  }

  return {
    push(event) {
      // Freeform text becomes JSON only as a whole.
      if (event.type === 'input-delta' && head.kind !== 'custom') tell(event.text);
      if (event.type !== 'item-done' || event.item.type !== 'tool-call') return;
      if (!told) tell(callText(event.item));
      sink.close();
    },
  };
}

/** Blocks that are known whole, in the form in which a stream brings them. */
function writeWhole(blocks: readonly Block[], sink: BlockSink): void {
  for (const block of blocks) {
    const { type, input } = block;
    if (type === 'text') {
      sink.open({ ...block, text: '' });
      sink.delta({ type: 'text_delta', text: textOf(block, 'text') });
    } else if (typeof type === 'string' && type.endsWith('_tool_use') && isJsonObject(input)) {
      sink.open({ ...block, input: {} });
      sink.delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) });
    } else {
      sink.open(block);
    }
    sink.close();
  }
}

function onDone(write: (item: Item) => void): ItemStreamer {
  return {
    push(event) {
      if (event.type === 'item-done') write(event.item);
    },
  };
}
