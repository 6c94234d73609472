import type { ReplyEvent } from '../../core/events.ts';
import type { Item } from '../../core/items.ts';
import type { DecodeContext } from '../dialect.ts';
import { emptySeal } from '../shared/seal.ts';
import { type CallReader, readCall } from './call-reader.ts';

/** Makes items of what the pieces of an answer say, in their order. */
export interface AnswerBuilder {
  /** More of a text or a thought. Another `section` than before begins another item. */
  say(kind: 'text' | 'thought', section: string, text: string): readonly ReplyEvent[];
  startCall(slot: number, call: { readonly id: string; readonly name: string }): readonly ReplyEvent[];
  /** More of the call that began last in this slot. */
  input(slot: number, argumentsDelta: string): readonly ReplyEvent[];
  endCall(slot: number): readonly ReplyEvent[];
  close(): readonly ReplyEvent[];
}

interface OpenText {
  readonly kind: 'text' | 'thought';
  readonly section: string;
  readonly index: number;
  text: string;
}

export function createAnswerBuilder(context: DecodeContext): AnswerBuilder {
  const calls = new Map<number, CallReader>();
  const usedIds = new Set<string>();
  let open: OpenText | undefined;
  let count = 0;

  function begin(kind: OpenText['kind'], section: string): { readonly now: OpenText; readonly events: ReplyEvent[] } {
    if (open && open.kind === kind && open.section === section) return { now: open, events: [] };
    const events = closeText();
    const now = { kind, section, index: count++, text: '' };
    open = now;
    const item = { type: kind === 'text' ? 'message' : 'reasoning' } as const;
    events.push({ type: 'item-start', index: now.index, item });
    return { now, events };
  }

  /** Thoughts come as a summary: that is what agents show, and what they send back. */
  function say(kind: OpenText['kind'], section: string, text: string): readonly ReplyEvent[] {
    if (text === '') return [];
    const { now, events } = begin(kind, section);
    now.text += text;
    const type = kind === 'text' ? 'text-delta' : 'summary-delta';
    return [...events, { type, index: now.index, part: 0, text }];
  }

  function closeText(): ReplyEvent[] {
    if (!open) return [];
    const { kind, index, text } = open;
    open = undefined;
    const item: Item =
      kind === 'text'
        ? { type: 'message', role: 'assistant', parts: [{ type: 'text', text }] }
        : { type: 'reasoning', summary: [text], seal: emptySeal(context.issuer) };
    return [{ type: 'item-done', index, item }];
  }

  function startCall(slot: number, { id, name }: { readonly id: string; readonly name: string }) {
    const events = [...closeText(), ...endCall(slot)];
    const callId = id !== '' && !usedIds.has(id) ? id : `${name}_${usedIds.size}`;
    usedIds.add(callId);
    const call = readCall(name, callId, count++, context);
    calls.set(slot, call);
    return [...events, call.head];
  }

  function endCall(slot: number): readonly ReplyEvent[] {
    const call = calls.get(slot);
    calls.delete(slot);
    return call?.end() ?? [];
  }

  return {
    say,
    startCall,
    input: (slot, delta) => calls.get(slot)?.push(delta) ?? [],
    endCall,
    close: () => [...closeText(), ...[...calls.keys()].flatMap(endCall)],
  };
}
