import type { ReplyEvent } from '../../core/events.ts';
import type { ToolCallItem } from '../../core/items.ts';
import type { DecodeContext } from '../dialect.ts';
import { createFreeformStream, freeformInput } from '../shared/freeform.ts';

/** A tool call that is being written. */
export interface CallReader {
  readonly head: ReplyEvent;
  push(argumentsDelta: string): readonly ReplyEvent[];
  end(): readonly ReplyEvent[];
}

/** Models write `null` for no arguments, which agents cannot use: until it is sure that it is another text, nothing is told. */
const mayBeNothing = /^\s*(?:n(?:u(?:l(?:l\s*)?)?)?)?$/;

export function readCall(wireName: string, callId: string, index: number, { tools }: DecodeContext): CallReader {
  const { kind, tool } = tools.resolve(wireName);
  const freeform = kind === 'custom' ? createFreeformStream() : undefined;
  let raw = '';
  let held = '';
  let told = '';

  function tell(text: string): readonly ReplyEvent[] {
    if (text === '') return [];
    told += text;
    return [{ type: 'input-delta', index, text }];
  }

  function wholeInput(): string {
    const nothing = mayBeNothing.test(raw);
    if (!freeform) return nothing ? '{}' : raw;
    const whole = nothing ? '' : freeformInput(raw);
    // What was streamed stays the beginning: an agent may have shown it already.
    return whole.startsWith(told) ? whole : told;
  }

  return {
    head: { type: 'item-start', index, item: { type: 'tool-call', kind, callId, tool } },
    push(delta) {
      raw += delta;
      held += delta;
      if (mayBeNothing.test(raw)) return [];
      const text = held;
      held = '';
      return tell(freeform ? freeform.push(text) : text);
    },
    end() {
      const input = wholeInput();
      const rest = tell(input.slice(told.length));
      const item: ToolCallItem = { type: 'tool-call', kind, callId, tool, input };
      return [...rest, { type: 'item-done', index, item }];
    },
  };
}
