import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { documentFormat } from './document-formats.ts';
import type { ConverseBlock, EncodeScope, MessagesBlock } from './types.ts';

/** Respells content blocks. One encoder writes one request: the names of its documents must differ. */
export interface BlockEncoder {
  /** Blocks of a message or a system prompt. What has no form here is a loss and left out. */
  encode(blocks: readonly MessagesBlock[]): readonly ConverseBlock[];
}

export function createBlockEncoder(scope: EncodeScope): BlockEncoder {
  const documents = createNames();

  function encode(blocks: readonly MessagesBlock[]): readonly ConverseBlock[] {
    return blocks.flatMap((block) => {
      const written = encodeBlock(block);
      return written === undefined ? [] : [written, ...cachePointBehind(block, scope)];
    });
  }

  function encodeBlock(block: MessagesBlock): ConverseBlock | undefined {
    switch (block['type']) {
      case 'text':
        return { text: block['text'] };
      case 'image':
        return encodeImage(block, scope);
      case 'document':
        return encodeDocument(block);
      case 'tool_use':
        return { toolUse: { toolUseId: callIdOf(block['id']), name: block['name'], input: block['input'] } };
      case 'tool_result':
        return { toolResult: encodeResult(block) };
      case 'thinking':
        return encodeThought(block, scope);
      case 'redacted_thinking':
        return { reasoningContent: { redactedContent: block['data'] } };
      default:
        scope.losses.meaning('part.unknown', 'the Converse API knows no such content');
        return undefined;
    }
  }

  function encodeResult(block: MessagesBlock): JsonObject {
    const content = block['content'];
    const inner = typeof content === 'string' ? [{ type: 'text', text: content }] : blocksIn(content);
    // A mark inside a result is no block that can stand there.
    const written = inner.map((each) => encodeBlock(each)).filter((each) => each !== undefined);
    return {
      toolUseId: callIdOf(block['tool_use_id']),
      content: written.length === 0 ? [{ text: 'There is no output.' }] : written,
      ...statusOf(block, scope),
    };
  }

  function encodeDocument(block: MessagesBlock): ConverseBlock | undefined {
    const source = isJsonObject(block['source']) ? block['source'] : {};
    const name = documents.nameFor(block['title']);
    if (source['type'] === 'text') return { document: { format: 'txt', name, source: { text: source['data'] } } };
    const format = documentFormat(source['media_type']);
    if (source['type'] === 'base64' && format !== undefined)
      return { document: { format, name, source: { bytes: source['data'] } } };
    scope.losses.meaning('part.file', notHeld);
    return undefined;
  }

  return { encode };
}

/** The mark of a cacheable prefix that ends with this block. */
export function cachePointBehind(block: MessagesBlock, { traits }: EncodeScope): readonly ConverseBlock[] {
  const control = block['cache_control'];
  if (!isJsonObject(control) || traits.cachePoints === 'nowhere') return [];
  const { ttl } = control;
  return [{ cachePoint: { type: 'default', ...(typeof ttl === 'string' ? { ttl } : {}) } }];
}

/** The blocks of a content that may be text. */
export function blocksIn(content: Json | undefined): readonly MessagesBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isJsonObject) : [];
}

const notHeld = 'Bedrock takes only what the request itself holds';

function encodeImage(block: MessagesBlock, { losses }: EncodeScope): ConverseBlock | undefined {
  const source = isJsonObject(block['source']) ? block['source'] : {};
  const { type, media_type: mediaType, data } = source;
  if (type === 'base64' && typeof mediaType === 'string') {
    return { image: { format: mediaType.replace(/^image\//, ''), source: { bytes: data } } };
  }
  losses.meaning('part.image', notHeld);
  return undefined;
}

/** Only signed thoughts are asked for again. */
function encodeThought({ thinking, signature }: MessagesBlock, { losses }: EncodeScope): ConverseBlock | undefined {
  if (typeof signature === 'string' && signature !== '') {
    return { reasoningContent: { reasoningText: { text: thinking, signature } } };
  }
  losses.hint('reasoning.unsigned', 'a thought that its model did not sign is not given back');
  return undefined;
}

function statusOf(block: MessagesBlock, { traits, losses }: EncodeScope): JsonObject {
  if (block['is_error'] !== true) return {};
  if (traits.resultStatus) return { status: 'error' };
  losses.hint('tool-result.error', 'this model knows no mark for a failed call; the text says it');
  return {};
}

const maxCallId = 64;

/** Ids are letters, digits, `_` and `-` already; here they are also bounded. */
function callIdOf(id: Json | undefined): string {
  const text = typeof id === 'string' ? id : '';
  if (text.length <= maxCallId) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, maxCallId - 17)}_${digest}`;
}

/** Gives documents names that the API takes: of its alphabet, without two spaces together, and none twice. */
function createNames() {
  const used = new Set<string>();
  return {
    nameFor(title: Json | undefined): string {
      const wanted = typeof title === 'string' ? title.replace(/[^A-Za-z0-9 ()[\]-]+/g, '-').replace(/ +/g, ' ') : '';
      const base = wanted.trim().slice(0, 180) || 'document';
      let name = base;
      for (let count = 2; used.has(name); count += 1) name = `${base} (${count})`;
      used.add(name);
      return name;
    },
  };
}
