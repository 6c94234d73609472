import type { Item, ReasoningItem, TextPart, ToolCallItem, ToolName } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { wrapSeal } from '../shared/seal.ts';
import { hostedBlocks } from './hosted.ts';
import { type Block, here, homeIssuer, isThought, ownFields } from './types.ts';

/** An answer's item as the blocks of a whole message. */
export function blocksOf(item: Item): readonly Block[] {
  switch (item.type) {
    case 'message':
      return item.parts.flatMap((part): readonly Block[] => {
        if (part.type === 'text') return [textBlock(part)];
        if (part.type === 'refusal') return [{ type: 'text', text: part.text }];
        return part.type === 'opaque' && part.dialect === here ? [part.value] : [];
      });
    case 'reasoning':
      return thoughtBlock(item);
    case 'tool-call':
      return [{ ...callHead(item), input: callInput(item) }];
    case 'hosted-call':
      return hostedBlocks(item);
    case 'opaque':
      return item.dialect === here ? [item.value] : [];
    default:
      return [];
  }
}

/** A thought with its seal: Anthropic's own block as it came, another issuer's seal wrapped in the signature. */
function thoughtBlock(item: ReasoningItem): readonly Block[] {
  const sealed = ownThought(item);
  if (sealed) return [sealed];
  const thinking = thoughtText(item);
  if (thinking === '' && !item.seal) return [];
  return [{ type: 'thinking', thinking, signature: signatureOf(item) }];
}

/** The block that Anthropic itself made, if this is one. */
export function ownThought({ seal }: ReasoningItem): Block | undefined {
  return seal?.issuer === homeIssuer && isJsonObject(seal.data) && isThought(seal.data) ? seal.data : undefined;
}

/** What an agent shows: the summary, else the raw thought. */
export function thoughtText(item: ReasoningItem): string {
  return (item.summary.length > 0 ? item.summary : (item.text ?? [])).join('\n\n');
}

/** The signature that carries the seal; empty without one. */
export function signatureOf(item: ReasoningItem): string {
  const own = ownThought(item)?.['signature'];
  if (typeof own === 'string') return own;
  return item.seal ? wrapSeal(item.seal) : '';
}

/** A call's block without its input. */
export function callHead(call: Pick<ToolCallItem, 'callId' | 'tool' | 'extra'>): Block {
  return { type: 'tool_use', id: call.callId, name: flatName(call.tool), ...ownFields(call) };
}

/** A call's input as JSON text. Callers of this dialect declare functions only; freeform input is put into one. */
export function callText(item: ToolCallItem): string {
  return item.kind === 'custom' ? freeformArguments(item.input) : item.input;
}

function callInput(item: ToolCallItem): JsonObject {
  const value = parseJson(callText(item));
  if (isJsonObject(value)) return value;
  return item.input.trim() === '' ? {} : { _raw: item.input };
}

function textBlock(part: TextPart): Block {
  return { type: 'text', text: part.text, ...ownFields(part) };
}

function flatName(tool: ToolName): string {
  return tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`;
}
