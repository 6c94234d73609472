import type { Frame } from '../../core/frame.ts';
import { isKnownType, typeInBytes } from '../../dialects/responses/event-type.ts';
import { isTerminalType } from '../../dialects/responses/terminal.ts';
import { type Peek, peekObject, stringField } from '../../wire/peek.ts';

/** Looks at the events of an answer as they go out, for what the next message will build on. */
export interface ReplyTap {
  /** Tells the event's type. */
  watch(frame: Frame): string | undefined;
  /** The terminal event has passed. */
  over(): boolean;
  /** The answer's id and its items as they were sent, once it is over and can be built on. */
  reply(): TappedReply | undefined;
}

export interface TappedReply {
  readonly id: string;
  readonly items: readonly Buffer[];
}

/** Ends after which an answer may be continued. */
const continuable: ReadonlySet<string> = new Set(['response.completed', 'response.done', 'response.incomplete']);

export function createReplyTap(): ReplyTap {
  const items: Buffer[] = [];
  let over = false;
  let readable = true;
  let reply: TappedReply | undefined;

  function read(type: string, data: Buffer): void {
    if (type === 'response.output_item.done') {
      const item = fieldBytes(peekObject(data), 'item');
      // A copy: the chunk that it lies in is many times larger, and this may stay for minutes.
      if (item) items.push(Buffer.from(item));
    } else if (isTerminalType(type)) {
      over = true;
      const response = continuable.has(type) ? fieldBytes(peekObject(data), 'response') : undefined;
      const id = response && stringField(peekObject(response), 'id');
      if (id !== undefined) reply = { id, items };
    }
  }

  return {
    watch(frame) {
      try {
        const type = typeOf(frame);
        if (type !== undefined) read(type, frame.data);
        return type;
      } catch {
        // An event that we cannot read may still be one that the client can. Only building on it is not possible.
        readable = false;
        return undefined;
      }
    },
    over: () => over,
    reply: () => (readable ? reply : undefined),
  };
}

function typeOf(frame: Frame): string | undefined {
  const hint = typeInBytes(frame);
  return hint !== undefined && isKnownType(hint) ? hint : stringField(peekObject(frame.data), 'type');
}

function fieldBytes({ body, fields }: Peek, key: string): Buffer | undefined {
  const span = fields.get(key);
  return span && body.subarray(span.valueStart, span.valueEnd);
}
