import type { ReplyEvent } from '../../core/events.ts';
import type { FilePart, ImagePart, Item, Part, ReasoningItem, Seal, TextPart } from '../../core/items.ts';
import { headOf } from '../shared/reply.ts';
import { emptySeal } from '../shared/seal.ts';

/** Turns parts, which know no items, into items that open, grow and close. */
export interface ItemStream {
  thought(text: string): void;
  text(text: string): void;
  media(part: ImagePart | FilePart): void;
  /** A seal for what comes next, or for the thought that is open. */
  seal(seal: Seal): void;
  /** An item that comes whole. */
  whole(item: Item): void;
  /** Closes what is open. */
  close(): void;
  /** Whether any item was opened. */
  told(): boolean;
  /** Whether a message is open. */
  inMessage(): boolean;
}

type Open =
  | { readonly kind: 'reasoning'; readonly index: number; text: string }
  | { readonly kind: 'message'; readonly index: number; readonly parts: Part[] };

/** `issuer` made the thoughts that carry no seal. */
export function createItemStream(issuer: string, emit: (event: ReplyEvent) => void): ItemStream {
  let open: Open | undefined;
  let count = 0;

  function start(kind: Open['kind']): number {
    close();
    const index = count;
    count += 1;
    emit({ type: 'item-start', index, item: { type: kind } });
    return index;
  }

  function close(): void {
    const closing = open;
    open = undefined;
    if (closing?.kind === 'message') {
      emit({
        type: 'item-done',
        index: closing.index,
        item: { type: 'message', role: 'assistant', parts: closing.parts },
      });
    } else if (closing) {
      const item = { ...reasoningOf(closing.text), seal: emptySeal(issuer) };
      emit({ type: 'item-done', index: closing.index, item });
    }
  }

  function thought(text: string): void {
    if (open?.kind !== 'reasoning') open = { kind: 'reasoning', index: start('reasoning'), text: '' };
    open.text += text;
    if (text !== '') emit({ type: 'summary-delta', index: open.index, part: 0, text });
  }

  function message(): Open & { kind: 'message' } {
    if (open?.kind === 'message') return open;
    const opened = { kind: 'message' as const, index: start('message'), parts: [] };
    open = opened;
    return opened;
  }

  function text(text: string): void {
    const { index, parts } = message();
    const last = parts.at(-1);
    const grown: TextPart = { type: 'text', text: last?.type === 'text' ? last.text + text : text };
    const part = last?.type === 'text' ? parts.length - 1 : parts.length;
    parts[part] = grown;
    emit({ type: 'text-delta', index, part, text });
  }

  function seal(seal: Seal): void {
    const sealed = open?.kind === 'reasoning' ? open : undefined;
    if (!sealed) return whole({ type: 'reasoning', summary: [], seal });
    open = undefined;
    emit({ type: 'item-done', index: sealed.index, item: { ...reasoningOf(sealed.text), seal } });
  }

  function whole(item: Item): void {
    close();
    const index = count;
    count += 1;
    emit({ type: 'item-start', index, item: headOf(item) });
    if (item.type === 'tool-call') emit({ type: 'input-delta', index, text: item.input });
    emit({ type: 'item-done', index, item });
  }

  return {
    thought,
    text,
    media: (part) => message().parts.push(part),
    seal,
    whole,
    close,
    told: () => count > 0,
    inMessage: () => open?.kind === 'message',
  };
}

function reasoningOf(text: string): ReasoningItem {
  return { type: 'reasoning', summary: text === '' ? [] : [text] };
}
