import type { JsonObject } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { contentText, objectAt, objectsAt, textAt } from '../json-access.ts';
import { refuseChat } from './chat-rules.ts';
import { textArgumentOf } from './messages.ts';
import { oddPieces } from './pieces.ts';
import type { Piece, SseEvent, Vendor, VendorReply } from './vendor.ts';

/**
 * Chat Completions as compatible vendors speak it (https://platform.openai.com/docs/api-reference/chat), thinking told in `reasoning_content`.
 */
export const chatVendor: Vendor = {
  dialect: 'chat',
  basePath: '/v1',
  idPrefixes: { reply: 'chatcmpl-', thinking: '', text: '', function: '', custom: '', search: '', call: 'call_' },
  openingFrames: 1,
  closingFrames: 3,
  serves: (request) => request.path === '/v1/chat/completions',
  refuse: (request) => refuseChat(request),
  read: (request) => readChat(request.body),
  sealed: () => '',
  thinks: () => true,
  sealsGiven: () => [],
  frames,
  whole: (reply) => ({
    ...head(reply, 'chat.completion'),
    choices: [{ index: 0, message: wholeMessage(reply), logprobs: null, finish_reason: finishReason(reply) }],
    usage: usageOf(reply),
  }),
  errorBody: (refusal) => ({
    error: {
      message: refusal.message,
      type: refusal.type ?? (refusal.status < 500 ? 'invalid_request_error' : 'server_error'),
      param: refusal.param ?? null,
      code: refusal.code ?? null,
    },
  }),
  errorEvent: (refusal) => ({
    data: JSON.stringify({
      error: { message: refusal.message, type: 'server_error', param: null, code: refusal.code ?? null },
    }),
  }),
};

type Call = Extract<Piece, { type: 'call' }>;

function head(reply: VendorReply, object: string): JsonObject {
  return { id: reply.id, object, created: 1_770_933_892, model: reply.model, system_fingerprint: 'fp_de604bd877' };
}

function frames(reply: VendorReply): readonly SseEvent[] {
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    ...head(reply, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  });
  const chunks = [chunk({ role: 'assistant', content: null })];
  for (const piece of reply.pieces) {
    if (piece.type === 'text') chunks.push(...oddPieces(piece.text).map((content) => chunk({ content })));
    else if (piece.type === 'thinking') {
      chunks.push(...oddPieces(piece.text).map((text) => chunk({ content: null, reasoning_content: text })));
    }
  }
  reply.pieces.filter(isCall).forEach((call, index) => {
    chunks.push(chunk({ tool_calls: [{ index, id: call.callId, ...openCall(call) }] }));
    for (const text of oddPieces(call.input))
      chunks.push(chunk({ tool_calls: [{ index, ...moreOfCall(call, text) }] }));
  });
  chunks.push(chunk({}, finishReason(reply)));
  chunks.push({ ...head(reply, 'chat.completion.chunk'), choices: [], usage: usageOf(reply) });
  return [...chunks.map((each): SseEvent => ({ data: JSON.stringify(each) })), { data: '[DONE]' }];
}

function isCall(piece: Piece): piece is Call {
  return piece.type === 'call';
}

function openCall(call: Call): JsonObject {
  if (call.kind === 'custom') return { type: 'custom', custom: { name: call.wireName, input: '' } };
  return { type: 'function', function: { name: call.wireName, arguments: '' } };
}

function moreOfCall(call: Call, text: string): JsonObject {
  return call.kind === 'custom' ? { custom: { input: text } } : { function: { arguments: text } };
}

function wholeMessage(reply: VendorReply): JsonObject {
  const join = (type: 'text' | 'thinking'): string =>
    reply.pieces.map((piece) => (piece.type === type ? piece.text : '')).join('');
  const calls = reply.pieces.filter(isCall).map((call) => ({
    id: call.callId,
    ...(call.kind === 'custom'
      ? { type: 'custom', custom: { name: call.wireName, input: call.input } }
      : { type: 'function', function: { name: call.wireName, arguments: call.input } }),
  }));
  const thinking = join('thinking');
  return {
    role: 'assistant',
    content: join('text') || null,
    refusal: null,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function finishReason(reply: VendorReply): string {
  if (reply.stop === 'length') return 'length';
  return reply.pieces.some(isCall) ? 'tool_calls' : 'stop';
}

function usageOf(reply: VendorReply): JsonObject {
  const { input, cached, output, reasoning } = reply.usage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
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
  if (tool['type'] === 'custom') return { wireName: textAt(objectAt(tool, 'custom'), 'name'), kind: 'custom' };
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
    const inner = objectAt(call, textAt(call, 'type'));
    const input = textAt(inner, 'arguments') || textAt(inner, 'input');
    return { type: 'call', callId: textAt(call, 'id'), wireName: textAt(inner, 'name'), input };
  });
  return text === '' ? calls : [{ type: 'assistant', text }, ...calls];
}
