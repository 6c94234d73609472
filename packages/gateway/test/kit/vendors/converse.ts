import { type JsonObject, parseJson } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { contentText, objectAt, objectsAt, textAt } from '../json-access.ts';
import { modelAndStream, refuseConverse } from './converse-rules.ts';
import { textArgumentOf } from './messages.ts';
import { redactedContent } from './messages-rules.ts';
import { oddPieces } from './pieces.ts';
import type { Piece, SseEvent, Vendor, VendorReply, VendorRequest } from './vendor.ts';

/** Bedrock's Converse API (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html). */
export const converseVendor: Vendor = {
  dialect: 'converse',
  basePath: '',
  idPrefixes: { reply: '', thinking: '', text: '', function: '', custom: '', search: '', call: 'tooluse_' },
  openingFrames: 1,
  closingFrames: 2,
  serves: (request) => modelAndStream(request) !== undefined,
  refuse: refuseConverse,
  read,
  sealed: (piece) => (piece.hidden ? redactedContent : piece.text),
  thinks: ({ body }) => objectAt(body, 'additionalModelRequestFields')['thinking'] !== undefined,
  sealsGiven: (reply) => reply.pieces.flatMap((piece) => (piece.type === 'thinking' ? [piece.seal] : [])),
  frames,
  whole: (reply) => ({
    metrics: { latencyMs: 551 },
    output: { message: { role: 'assistant', content: reply.pieces.flatMap(wholeBlock) } },
    stopReason: stopReason(reply),
    usage: usageOf(reply),
  }),
  errorBody: ({ message }) => ({ message }),
  errorEvent: ({ message }) => event('serviceUnavailableException', { message }),
};

/** Real events are padded, so that their length tells nothing of their text. */
function event(name: string, fields: JsonObject): SseEvent {
  const padding = 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + (JSON.stringify(fields).length % 25));
  return { event: name, data: JSON.stringify({ ...fields, p: padding }) };
}

function frames(reply: VendorReply): readonly SseEvent[] {
  return [
    event('messageStart', { role: 'assistant' }),
    ...reply.pieces.flatMap((piece, contentBlockIndex) => [
      ...startOf(piece, contentBlockIndex),
      ...deltas(piece).map((delta) => event('contentBlockDelta', { contentBlockIndex, delta })),
      event('contentBlockStop', { contentBlockIndex }),
    ]),
    event('messageStop', { stopReason: stopReason(reply) }),
    event('metadata', { metrics: { latencyMs: 551 }, usage: usageOf(reply) }),
  ];
}

function startOf(piece: Piece, contentBlockIndex: number): readonly SseEvent[] {
  if (piece.type !== 'call') return [];
  const start = { toolUse: { name: piece.wireName, toolUseId: piece.callId } };
  return [event('contentBlockStart', { contentBlockIndex, start })];
}

function deltas(piece: Piece): readonly JsonObject[] {
  if (piece.type === 'call') return oddPieces(piece.input).map((input) => ({ toolUse: { input } }));
  if (piece.type === 'text') return oddPieces(piece.text).map((text) => ({ text }));
  if (piece.hidden) return [{ reasoningContent: { redactedContent: piece.seal } }];
  const thoughts = oddPieces(piece.text).map((text): JsonObject => ({ reasoningContent: { text } }));
  return [...thoughts, { reasoningContent: { signature: piece.seal } }];
}

function wholeBlock(piece: Piece): readonly JsonObject[] {
  if (piece.type === 'text') return [{ text: piece.text }];
  if (piece.type === 'call') {
    return [{ toolUse: { toolUseId: piece.callId, name: piece.wireName, input: parseJson(piece.input) ?? {} } }];
  }
  if (piece.hidden) return [{ reasoningContent: { redactedContent: piece.seal } }];
  return [{ reasoningContent: { reasoningText: { text: piece.text, signature: piece.seal } } }];
}

function stopReason(reply: VendorReply): string {
  if (reply.stop === 'length') return 'max_tokens';
  return reply.pieces.some((piece) => piece.type === 'call') ? 'tool_use' : 'end_turn';
}

function usageOf({ usage: { input, cached, cacheWrite, output } }: VendorReply): JsonObject {
  return {
    inputTokens: input - cached - cacheWrite,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: cacheWrite,
    serverToolUsage: {},
  };
}

function read(request: VendorRequest): Conversation {
  const { body } = request;
  return {
    ...(modelAndStream(request) ?? { model: '', stream: false }),
    tools: objectsAt(objectAt(body, 'toolConfig'), 'tools').flatMap(readTool),
    turns: [{ type: 'system', text: contentText(body['system']) }, ...objectsAt(body, 'messages').flatMap(readMessage)],
  };
}

function readTool(tool: JsonObject): readonly DeclaredTool[] {
  if (tool['toolSpec'] === undefined) return [];
  const spec = objectAt(tool, 'toolSpec');
  const schema = objectAt(objectAt(spec, 'inputSchema'), 'json');
  return [{ wireName: textAt(spec, 'name'), kind: 'function', ...textArgumentOf(schema) }];
}

function readMessage(message: JsonObject): readonly Turn[] {
  const type = textAt(message, 'role') === 'assistant' ? 'assistant' : 'user';
  return objectsAt(message, 'content').flatMap((block): readonly Turn[] => {
    const use = objectAt(block, 'toolUse');
    const result = objectAt(block, 'toolResult');
    const thought = objectAt(block, 'reasoningContent');
    if (block['text'] !== undefined) return [{ type, text: textAt(block, 'text') }];
    if (block['toolUse'] !== undefined) {
      const input = JSON.stringify(use['input']);
      return [{ type: 'call', callId: textAt(use, 'toolUseId'), wireName: textAt(use, 'name'), input }];
    }
    if (block['toolResult'] !== undefined)
      return [{ type: 'result', callId: textAt(result, 'toolUseId'), text: contentText(result['content']) }];
    if (block['reasoningContent'] === undefined) return [];
    const value = textAt(objectAt(thought, 'reasoningText'), 'signature') || textAt(thought, 'redactedContent');
    return [{ type: 'seal', value }];
  });
}
