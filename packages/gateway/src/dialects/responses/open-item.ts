import type { ItemHead, ReplyEvent } from '../../core/events.ts';
import type { Item, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { createFreeformStream, freeformInput } from '../shared/freeform.ts';

/** What a delta adds to. `arguments` is JSON text, `input` plain text. */
export type PieceKind = 'text' | 'refusal' | 'summary' | 'thought' | 'arguments' | 'input';

/** One item between its start and its end. Remembers what was told of it, so that its end can add what is missing. */
export interface OpenItem {
  start(): readonly ReplyEvent[];
  add(kind: PieceKind, part: number, text: string): readonly ReplyEvent[];
  /** Ends it as the provider finally told it. */
  close(item: Item): readonly ReplyEvent[];
  /** Ends it with what the deltas told. */
  closeAsTold(): readonly ReplyEvent[];
  isDone(): boolean;
}

type ToldKind = 'text' | 'refusal' | 'summary' | 'thought' | 'input';

interface Told {
  readonly kind: ToldKind;
  readonly part: number;
  readonly text: string;
}

/** `announced` is what the provider said when it opened the item: for items of which we read no pieces. */
export function createOpenItem(index: number, head: ItemHead, announced: JsonObject): OpenItem {
  const told = new Map<string, Told>();
  const freeform = head.type === 'tool-call' && head.kind === 'custom' ? createFreeformStream() : undefined;
  const whole = { dialect: 'responses', value: announced } as const;
  let wrapped = '';
  let done = false;

  /** A freeform tool that was told as a function answers in JSON: its text is taken out on the way. */
  function add(kind: PieceKind, part: number, text: string): readonly ReplyEvent[] {
    if (done || !accepts(head, kind)) return [];
    if (kind !== 'arguments') return tell({ kind, part, text });
    if (!freeform) return tell({ kind: 'input', part, text });
    wrapped += text;
    return tell({ kind: 'input', part, text: freeform.push(text) });
  }

  function tell(piece: Told): readonly ReplyEvent[] {
    if (piece.text === '') return [];
    const key = `${piece.kind}:${piece.part}`;
    told.set(key, { ...piece, text: (told.get(key)?.text ?? '') + piece.text });
    return [deltaOf(index, piece)];
  }

  function close(item: Item): readonly ReplyEvent[] {
    const missing = piecesOf(item).flatMap((piece) => {
      const before = told.get(`${piece.kind}:${piece.part}`)?.text ?? '';
      return piece.text.startsWith(before) ? tell({ ...piece, text: piece.text.slice(before.length) }) : [];
    });
    done = true;
    return [...missing, { type: 'item-done', index, item }];
  }

  function closeAsTold(): readonly ReplyEvent[] {
    const pieces = [...told.values()].sort((a, b) => a.part - b.part);
    return close(
      head.type === 'hosted-call' || head.type === 'opaque' ? { ...head, ...whole } : itemOf(head, pieces, wrapped),
    );
  }

  return { start: () => [{ type: 'item-start', index, item: head }], add, close, closeAsTold, isDone: () => done };
}

function accepts(head: ItemHead, kind: PieceKind): boolean {
  if (kind === 'text' || kind === 'refusal') return head.type === 'message';
  if (kind === 'summary' || kind === 'thought') return head.type === 'reasoning';
  return head.type === 'tool-call';
}

function deltaOf(index: number, piece: Told): ReplyEvent {
  const { kind, part, text } = piece;
  return kind === 'input' ? { type: 'input-delta', index, text } : { type: `${kind}-delta`, index, part, text };
}

/** The pieces of a whole item, as deltas would have told them. */
function piecesOf(item: Item): readonly Told[] {
  if (item.type === 'tool-call') return [{ kind: 'input', part: 0, text: item.input }];
  if (item.type === 'message') {
    return item.parts.flatMap((part, at): readonly Told[] =>
      part.type === 'text' || part.type === 'refusal' ? [{ kind: part.type, part: at, text: part.text }] : [],
    );
  }
  if (item.type !== 'reasoning') return [];
  const thoughts = (item.text ?? []).map((text, part): Told => ({ kind: 'thought', part, text }));
  return [...thoughts, ...item.summary.map((text, part): Told => ({ kind: 'summary', part, text }))];
}

/** The item that head and pieces make. Pieces come in order of their part. */
function itemOf(
  head: Exclude<ItemHead, { type: 'hosted-call' | 'opaque' }>,
  pieces: readonly Told[],
  wrapped: string,
): Item {
  const texts = (kind: ToldKind) => pieces.filter((piece) => piece.kind === kind).map((piece) => piece.text);
  switch (head.type) {
    case 'message': {
      const parts = pieces.map((piece): Part => ({
        type: piece.kind === 'refusal' ? 'refusal' : 'text',
        text: piece.text,
      }));
      return { ...head, role: 'assistant', parts };
    }
    case 'reasoning': {
      const text = texts('thought');
      return { ...head, summary: texts('summary'), ...(text.length === 0 ? {} : { text }) };
    }
    default:
      return { ...head, input: wrapped === '' ? texts('input').join('') : freeformInput(wrapped) };
  }
}
