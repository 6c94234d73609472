import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { BlockDecoder } from '../messages/block-decoder.ts';
import type { ConverseBlock } from './types.ts';

/** Respells an answer's blocks as those of the Messages API, whose decoder makes items of them. Blocks never interleave. */
export interface BlockReader {
  start(event: JsonObject): void;
  delta(event: JsonObject): void;
  stop(): void;
  /** A block of a whole answer. */
  whole(block: ConverseBlock): void;
  finish(): void;
}

type Kind = 'text' | 'thought' | 'sealed' | 'call' | 'unknown';

export function createBlockReader(blocks: BlockDecoder): BlockReader {
  let open: { readonly kind: Kind; readonly index: Json | undefined } | undefined;
  let sealed: Buffer[] = [];

  function begin(kind: Kind, index: Json | undefined, block?: JsonObject): void {
    stop();
    open = { kind, index };
    if (block) blocks.start(block);
  }

  /** Only calls announce themselves; what else a block is, its first delta tells. */
  function turnTo(kind: Kind, index: Json | undefined, block?: JsonObject): void {
    if (open?.index !== index || open?.kind !== kind) begin(kind, index, block);
  }

  function stop(): void {
    if (open?.kind === 'sealed') blocks.start({ type: 'redacted_thinking', data: joined(sealed) });
    if (open && open.kind !== 'unknown') blocks.stop();
    sealed = [];
    open = undefined;
  }

  function think(thought: JsonObject, index: Json | undefined): void {
    const { text, signature, redactedContent } = thought;
    if (typeof redactedContent === 'string') {
      turnTo('sealed', index);
      sealed.push(Buffer.from(redactedContent, 'base64'));
      return;
    }
    turnTo('thought', index, { type: 'thinking', thinking: '', signature: '' });
    if (typeof text === 'string') blocks.delta({ type: 'thinking_delta', thinking: text });
    if (typeof signature === 'string') blocks.delta({ type: 'signature_delta', signature });
  }

  return {
    stop,
    start(event) {
      const use = objectAt(objectAt(event, 'start'), 'toolUse');
      if (!isCall(use)) return begin('unknown', event['contentBlockIndex']);
      return begin('call', event['contentBlockIndex'], callOf(use, {}));
    },
    delta(event) {
      const index = event['contentBlockIndex'];
      const { text, toolUse, reasoningContent } = objectAt(event, 'delta');
      if (typeof text === 'string') {
        turnTo('text', index, { type: 'text', text: '' });
        blocks.delta({ type: 'text_delta', text });
      } else if (isJsonObject(reasoningContent)) {
        think(reasoningContent, index);
      } else if (isJsonObject(toolUse) && open?.kind === 'call') {
        blocks.delta({ type: 'input_json_delta', partial_json: toolUse['input'] });
      }
    },
    whole(block) {
      for (const each of respelled(block)) {
        blocks.start(each);
        blocks.stop();
      }
    },
    finish() {
      stop();
      blocks.finish();
    },
  };
}

function respelled(block: ConverseBlock): readonly JsonObject[] {
  const { text, toolUse, reasoningContent, citationsContent } = block;
  if (typeof text === 'string') return [{ type: 'text', text }];
  if (isJsonObject(toolUse)) return isCall(toolUse) ? [callOf(toolUse, toolUse['input'])] : [];
  if (isJsonObject(citationsContent)) return cited(citationsContent['content']);
  if (!isJsonObject(reasoningContent)) return [];
  const { reasoningText, redactedContent } = reasoningContent;
  if (typeof redactedContent === 'string') return [{ type: 'redacted_thinking', data: redactedContent }];
  const { text: thinking = '', signature = '' } = isJsonObject(reasoningText) ? reasoningText : {};
  return [{ type: 'thinking', thinking, signature }];
}

/** The texts of cited prose. Where they are from has no place in the canonical form. */
function cited(content: Json | undefined): readonly JsonObject[] {
  const parts = Array.isArray(content) ? content.filter(isJsonObject) : [];
  return parts.flatMap(({ text }) => (typeof text === 'string' ? [{ type: 'text', text }] : []));
}

/** A call that the agent is to run: what Bedrock runs itself is told apart by a type. */
function isCall(use: JsonObject): boolean {
  return typeof use['name'] === 'string' && use['type'] === undefined;
}

function callOf({ toolUseId, name }: JsonObject, input: Json | undefined): JsonObject {
  return { type: 'tool_use', id: toolUseId, name, input };
}

function joined(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('base64');
}

function objectAt(event: JsonObject, key: string): JsonObject {
  const value = event[key];
  return isJsonObject(value) ? value : {};
}
