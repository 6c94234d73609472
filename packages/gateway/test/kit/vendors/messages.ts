import { isJsonObject, type JsonObject, parseJson } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { arrayAt, contentText, objectAt, objectsAt, textAt } from '../json-access.ts';
import { redactedContent, refuseMessages } from './messages-rules.ts';
import { oddPieces } from './pieces.ts';
import type { Piece, SseEvent, Vendor, VendorReply } from './vendor.ts';

/** Anthropic's Messages API (https://docs.claude.com/en/api/messages). */
export const messagesVendor: Vendor = {
  dialect: 'messages',
  basePath: '',
  idPrefixes: { reply: 'msg_01', thinking: '', text: '', function: '', custom: '', search: '', call: 'toolu_01' },
  openingFrames: 1,
  closingFrames: 1,
  serves: (request) => request.path === '/v1/messages',
  refuse: refuseMessages,
  read: (request) => readMessages(request.body),
  sealed: (piece) => (piece.hidden ? redactedContent : piece.text),
  thinks: (request) => ['enabled', 'adaptive'].includes(textAt(objectAt(request.body, 'thinking'), 'type')),
  sealsGiven: (reply) => reply.pieces.flatMap((piece) => (piece.type === 'thinking' ? [piece.seal] : [])),
  frames,
  whole: (reply) => ({
    ...head(reply),
    content: reply.pieces.map(wholeBlock),
    ...ending(reply),
    usage: usageOf(reply),
  }),
  errorBody: (refusal) => ({
    type: 'error',
    error: { type: refusal.type ?? errorTypes[refusal.status] ?? 'api_error', message: refusal.message },
    request_id: 'req_011CTestTestTestTestTest',
  }),
  errorEvent: (refusal) => {
    const error = { type: refusal.type ?? 'overloaded_error', message: refusal.message };
    return named({ type: 'error', error });
  },
};

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function named(value: JsonObject): SseEvent {
  return { event: textAt(value, 'type'), data: JSON.stringify(value) };
}

function frames(reply: VendorReply): readonly SseEvent[] {
  const start = { ...head(reply), content: [], stop_reason: null, stop_sequence: null };
  const events: JsonObject[] = [
    { type: 'message_start', message: { ...start, usage: { ...usageOf(reply), output_tokens: 1 } } },
  ];
  reply.pieces.forEach((piece, index) => {
    events.push({ type: 'content_block_start', index, content_block: emptyBlock(piece) });
    if (index === 0) events.push({ type: 'ping' });
    for (const delta of deltas(piece)) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  });
  events.push({ type: 'message_delta', delta: ending(reply), usage: { output_tokens: reply.usage.output } });
  events.push({ type: 'message_stop' });
  return events.map(named);
}

function head(reply: VendorReply): JsonObject {
  return { id: reply.id, type: 'message', role: 'assistant', model: reply.model };
}

function ending(reply: VendorReply): JsonObject {
  const calls = reply.pieces.some((piece) => piece.type === 'call');
  return { stop_reason: reply.stop === 'length' ? 'max_tokens' : calls ? 'tool_use' : 'end_turn', stop_sequence: null };
}

function usageOf(reply: VendorReply): JsonObject {
  const { input, cached, cacheWrite, output } = reply.usage;
  return {
    input_tokens: input - cached - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: 'standard',
  };
}

function emptyBlock(piece: Piece): JsonObject {
  if (piece.type === 'text') return { type: 'text', text: '' };
  if (piece.type === 'call') return { type: 'tool_use', id: piece.callId, name: piece.wireName, input: {} };
  return piece.hidden ? wholeBlock(piece) : { type: 'thinking', thinking: '', signature: '' };
}

function deltas(piece: Piece): readonly JsonObject[] {
  if (piece.type === 'text') return oddPieces(piece.text).map((text) => ({ type: 'text_delta', text }));
  if (piece.type === 'call') {
    return ['', ...oddPieces(piece.input)].map((partial) => ({ type: 'input_json_delta', partial_json: partial }));
  }
  if (piece.hidden) return [];
  const thoughts = oddPieces(piece.text).map((thinking): JsonObject => ({ type: 'thinking_delta', thinking }));
  return [...thoughts, { type: 'signature_delta', signature: piece.seal }];
}

function wholeBlock(piece: Piece): JsonObject {
  if (piece.type === 'text') return { type: 'text', text: piece.text };
  if (piece.type === 'call') {
    return { type: 'tool_use', id: piece.callId, name: piece.wireName, input: parseJson(piece.input) ?? {} };
  }
  if (piece.hidden) return { type: 'redacted_thinking', data: piece.seal };
  return { type: 'thinking', thinking: piece.text, signature: piece.seal };
}

function readMessages(body: JsonObject): Conversation {
  const turns: Turn[] = [{ type: 'system', text: contentText(body['system']) }];
  for (const message of objectsAt(body, 'messages')) turns.push(...readMessage(message));
  return {
    model: textAt(body, 'model'),
    stream: body['stream'] === true,
    tools: objectsAt(body, 'tools').flatMap(readTool),
    turns,
  };
}

function readMessage(message: JsonObject): readonly Turn[] {
  const type = textAt(message, 'role') === 'assistant' ? 'assistant' : 'user';
  const content = message['content'];
  if (typeof content === 'string') return [{ type, text: content }];
  return arrayAt(message, 'content').flatMap((block): readonly Turn[] => {
    switch (textAt(block, 'type')) {
      case 'text':
        return [{ type, text: textAt(block, 'text') }];
      case 'tool_use':
        return [
          { type: 'call', callId: textAt(block, 'id'), wireName: textAt(block, 'name'), input: inputText(block) },
        ];
      case 'tool_result': {
        const inner = isJsonObject(block) ? block['content'] : undefined;
        return [{ type: 'result', callId: textAt(block, 'tool_use_id'), text: contentText(inner) }];
      }
      case 'thinking':
        return [{ type: 'seal', value: textAt(block, 'signature') }];
      case 'redacted_thinking':
        return [{ type: 'seal', value: textAt(block, 'data') }];
      default:
        return [];
    }
  });
}

function inputText(block: unknown): string {
  return isJsonObject(block) ? JSON.stringify(block['input']) : '';
}

function readTool(tool: JsonObject): readonly DeclaredTool[] {
  if (tool['input_schema'] === undefined) return [];
  return [{ wireName: textAt(tool, 'name'), kind: 'function', ...textArgumentOf(objectAt(tool, 'input_schema')) }];
}

/** The name of a schema's only property where that is a string. */
export function textArgumentOf(schema: JsonObject): { textArgument?: string } {
  const properties = Object.entries(objectAt(schema, 'properties'));
  const [only] = properties;
  const isText = properties.length === 1 && only !== undefined && /^string$/i.test(textAt(only[1], 'type'));
  return isText ? { textArgument: only[0] } : {};
}
