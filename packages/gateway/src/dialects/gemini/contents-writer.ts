import type { Extra } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Content } from './types.ts';
import { ownExtra, signatureField } from './types.ts';

/** Marks an item that started a content of its own although the content before it had the same role. */
export const apartField = 'apart';

/** Puts parts into contents: neighbours of one role share a content. */
export interface ContentsWriter {
  /** A part of the model's. It takes the signature that waits, if any. */
  say(part: JsonObject, extra?: Extra): void;
  /** A part of the user's. */
  hear(part: JsonObject, extra?: Extra): void;
  /** A signature for the next part of the model's. */
  sign(signature: string): void;
  /** No part of the model's comes next: a signature that still waits keeps its place on an empty text. */
  settle(): void;
  readonly contents: readonly Content[];
}

export function createContentsWriter(): ContentsWriter {
  const contents: { readonly role: Content['role']; readonly parts: JsonObject[] }[] = [];
  let waiting: string | undefined;

  function put(role: Content['role'], part: JsonObject, extra: Extra | undefined): void {
    const last = contents.at(-1);
    if (last?.role === role && ownExtra(extra)[apartField] !== true) last.parts.push(part);
    else contents.push({ role, parts: [part] });
  }

  function say(part: JsonObject, extra?: Extra): void {
    const signature = waiting;
    waiting = undefined;
    put('model', signature === undefined ? part : { ...part, [signatureField]: signature }, extra);
  }

  function settle(): void {
    if (waiting !== undefined) say({ text: '' });
  }

  return {
    say,
    hear: (part, extra) => put('user', part, extra),
    sign: (signature) => {
      settle();
      waiting = signature;
    },
    settle,
    contents,
  };
}
