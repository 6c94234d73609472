import type { JsonObject } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { contentText, objectAt, objectsAt, textAt } from '../json-access.ts';
import { refuseCohere } from './cohere-rules.ts';
import { textArgumentOf } from './messages.ts';
import { oddPieces } from './pieces.ts';
import type { Piece, SseEvent, Vendor, VendorReply } from './vendor.ts';

/** Cohere's Chat API, version 2 (https://docs.cohere.com/reference/chat-stream). */
export const cohereVendor: Vendor = {
  dialect: 'cohere',
  basePath: '',
  idPrefixes: { reply: '', thinking: '', text: '', function: '', custom: '', search: '', call: 'tool_' },
  openingFrames: 1,
  closingFrames: 1,
  serves: (request) => request.path === '/v2/chat',
  refuse: (request) => refuseCohere(request),
  read: (request) => readChat(request.body),
  sealed: () => '',
  thinks: (request) => textAt(objectAt(request.body, 'thinking'), 'type') !== 'disabled',
  sealsGiven: () => [],
  frames,
  whole: (reply) => ({
    id: reply.id,
    message: wholeMessage(reply),
    finish_reason: finishReason(reply),
    usage: usageOf(reply),
  }),
  errorBody: ({ message }) => ({ id: 'b7f30a1f', message }),
  errorEvent: ({ message }) => event('message-end', { delta: { finish_reason: 'ERROR', error: message } }),
};

type Call = Extract<Piece, { type: 'call' }>;

/** Cohere puts some tokens of its own in front of every request, which it does not bill. */
const ownTokens = 1_400;

function event(type: string, fields: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) };
}

function frames(reply: VendorReply): readonly SseEvent[] {
  const empty = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const hasCalls = reply.pieces.some(isCall);
  const words = reply.pieces.filter((piece) => !isCall(piece));
  return [
    event('message-start', { id: reply.id, delta: { message: empty } }),
    ...words.flatMap((piece, index) =>
      hasCalls && piece.type === 'thinking' ? planEvents(piece.text) : contentEvents(piece, index),
    ),
    ...reply.pieces.filter(isCall).flatMap(callEvents),
    event('message-end', { delta: { finish_reason: finishReason(reply), usage: usageOf(reply) } }),
  ];
}

function planEvents(text: string): readonly SseEvent[] {
  return oddPieces(text).map((tool_plan) => event('tool-plan-delta', { delta: { message: { tool_plan } } }));
}

function contentEvents(piece: Piece, index: number): readonly SseEvent[] {
  if (piece.type !== 'text' && piece.type !== 'thinking') return [];
  const key = piece.type;
  return [
    event('content-start', { index, delta: { message: { content: { type: key, [key]: '' } } } }),
    ...oddPieces(piece.text).map((text) =>
      event('content-delta', { index, delta: { message: { content: { [key]: text } } } }),
    ),
    event('content-end', { index }),
  ];
}

function callEvents(call: Call, index: number): readonly SseEvent[] {
  return [
    event('tool-call-start', { index, delta: { message: { tool_calls: callOf(call, '') } } }),
    ...oddPieces(call.input).map((text) =>
      event('tool-call-delta', { index, delta: { message: { tool_calls: { function: { arguments: text } } } } }),
    ),
    event('tool-call-end', { index }),
  ];
}

function isCall(piece: Piece): piece is Call {
  return piece.type === 'call';
}

function callOf(call: Call, input: string): JsonObject {
  return { id: call.callId, type: 'function', function: { name: call.wireName, arguments: input } };
}

function wholeMessage(reply: VendorReply): JsonObject {
  const calls = reply.pieces.filter(isCall);
  const plan = reply.pieces.find((piece) => piece.type === 'thinking');
  const content = reply.pieces.flatMap((piece): readonly JsonObject[] => {
    if (piece.type === 'text') return [{ type: 'text', text: piece.text }];
    return piece.type === 'thinking' && calls.length === 0 ? [{ type: 'thinking', thinking: piece.text }] : [];
  });
  return {
    role: 'assistant',
    ...(content.length === 0 ? {} : { content }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => callOf(call, call.input)) }),
    ...(plan && calls.length > 0 ? { tool_plan: plan.text } : {}),
  };
}

function finishReason(reply: VendorReply): string {
  if (reply.stop === 'length') return 'MAX_TOKENS';
  return reply.pieces.some(isCall) ? 'TOOL_CALL' : 'COMPLETE';
}

function usageOf({ usage: { input, cached, output } }: VendorReply): JsonObject {
  return {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input + ownTokens, output_tokens: output + 4 },
    cached_tokens: cached === 0 ? 0 : cached + ownTokens,
  };
}

function readChat(body: JsonObject): Conversation {
  return {
    model: textAt(body, 'model'),
    stream: body['stream'] === true,
    tools: objectsAt(body, 'tools').map(readTool),
    turns: objectsAt(body, 'messages').flatMap(readMessage),
  };
}

function readTool(tool: JsonObject): DeclaredTool {
  const inner = objectAt(tool, 'function');
  return { wireName: textAt(inner, 'name'), kind: 'function', ...textArgumentOf(objectAt(inner, 'parameters')) };
}

function readMessage(message: JsonObject): readonly Turn[] {
  const role = textAt(message, 'role');
  const text = contentText(message['content']);
  if (role === 'tool') return [{ type: 'result', callId: textAt(message, 'tool_call_id'), text }];
  if (role === 'user') return [{ type: 'user', text }];
  if (role !== 'assistant') return [{ type: 'system', text }];
  const calls = objectsAt(message, 'tool_calls').map((call): Turn => {
    const inner = objectAt(call, 'function');
    return {
      type: 'call',
      callId: textAt(call, 'id'),
      wireName: textAt(inner, 'name'),
      input: textAt(inner, 'arguments'),
    };
  });
  return text === '' ? calls : [{ type: 'assistant', text }, ...calls];
}
