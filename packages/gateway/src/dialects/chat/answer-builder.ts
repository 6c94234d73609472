import type { ReplyEvent } from '../../core/events.ts';
import type { MessageItem, Part, ReasoningItem } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { emptySeal } from '../shared/seal.ts';
import { createCallAssembler } from './call-assembler.ts';
import { createDetailCollector, hidesState, sealOfDetails } from './reasoning-details.ts';
import { extraOf } from './types.ts';

/** Makes items of what the pieces of an answer say. Thoughts, words and calls each go to an item of their own, in order. */
export interface AnswerBuilder {
  think(text: string): readonly ReplyEvent[];
  /** Pieces of sealed thoughts; they join the thought they follow. */
  seal(details: readonly JsonObject[]): void;
  say(type: 'text' | 'refusal', text: string): readonly ReplyEvent[];
  call(entry: JsonObject): readonly ReplyEvent[];
  /** Citations and the like, kept with the message for callers of this same dialect. */
  attach(fields: JsonObject): void;
  close(): readonly ReplyEvent[];
}

interface OpenMessage {
  readonly index: number;
  readonly parts: { readonly type: 'text' | 'refusal'; text: string }[];
}

export function createAnswerBuilder(context: DecodeContext, idSeed: () => string): AnswerBuilder {
  let count = 0;
  let message: OpenMessage | undefined;
  let thought: { readonly index: number; text: string } | undefined;
  let attached: { [key: string]: Json | undefined } | undefined;
  const details = createDetailCollector();
  const takeIndex = () => count++;
  const calls = createCallAssembler({ tools: context.tools, takeIndex, idSeed });

  /**
   * Thoughts come as a summary: that is what agents show, and what they send back to a model that needs its thoughts (Codex keeps no
   * raw ones).
   */
  function think(text: string): readonly ReplyEvent[] {
    const events: ReplyEvent[] = [];
    if (!thought) {
      events.push(...closeMessage());
      thought = { index: takeIndex(), text: '' };
      events.push({ type: 'item-start', index: thought.index, item: { type: 'reasoning' } });
    }
    thought.text += text;
    events.push({ type: 'summary-delta', index: thought.index, part: 0, text });
    return events;
  }

  function closeThought(): readonly ReplyEvent[] {
    const hidden = details.take();
    const hides = hidesState(hidden);
    if (!thought && !hides) return [];
    const index = thought?.index ?? takeIndex();
    const seal = hides ? sealOfDetails(context.issuer, hidden) : emptySeal(context.issuer);
    const item: ReasoningItem = { type: 'reasoning', summary: thought ? [thought.text] : [], seal };
    const start: ReplyEvent = { type: 'item-start', index, item: { type: 'reasoning' } };
    const head = thought ? [] : [start];
    thought = undefined;
    return [...head, { type: 'item-done', index, item }];
  }

  function say(type: 'text' | 'refusal', text: string): readonly ReplyEvent[] {
    const events: ReplyEvent[] = [];
    if (!message) {
      events.push(...closeThought());
      message = { index: takeIndex(), parts: [] };
      events.push({ type: 'item-start', index: message.index, item: { type: 'message' } });
    }
    const last = message.parts.at(-1);
    if (last?.type === type) last.text += text;
    else message.parts.push({ type, text });
    events.push({ type: `${type}-delta`, index: message.index, part: message.parts.length - 1, text });
    return events;
  }

  function closeMessage(): readonly ReplyEvent[] {
    if (!message) return [];
    const parts: readonly Part[] = message.parts;
    const item: MessageItem = { type: 'message', role: 'assistant', parts, ...extraOf(attached) };
    const done: ReplyEvent = { type: 'item-done', index: message.index, item };
    message = undefined;
    attached = undefined;
    return [done];
  }

  function call(entry: JsonObject): readonly ReplyEvent[] {
    return [...closeMessage(), ...closeThought(), ...calls.push(entry)];
  }

  function attach(fields: JsonObject): void {
    attached ??= {};
    for (const [key, value] of Object.entries(fields)) {
      const before = attached[key];
      attached[key] =
        key === 'annotations' && Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
    }
  }

  function close(): readonly ReplyEvent[] {
    return [...closeMessage(), ...closeThought(), ...calls.finish()];
  }

  return { think, seal: (pieces) => details.add(pieces), say, call, attach, close };
}
