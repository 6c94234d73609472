import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { arrayAt, contentText, objectAt, objectsAt, textAt } from '../json-access.ts';
import { textArgumentOf } from './messages.ts';
import { oddPieces } from './pieces.ts';
import { compactionWish, inputItems, openHistory, refuseResponses } from './responses-rules.ts';
import type { Piece, SseEvent, Vendor, VendorReply } from './vendor.ts';

/** OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses). */
export const responsesVendor: Vendor = {
  dialect: 'responses',
  basePath: '/v1',
  idPrefixes: {
    reply: 'resp_',
    thinking: 'rs_',
    text: 'msg_',
    function: 'fc_',
    custom: 'ctc_',
    search: 'tsc_',
    call: 'call_',
  },
  openingFrames: 2,
  closingFrames: 1,
  serves: ({ path }) => path === '/v1/responses' || path === '/v1/responses/compact',
  refuse: refuseResponses,
  read: (request) => readResponses(request.body),
  sealed: (piece) => piece.id,
  thinks: (request) => arrayAt(request.body, 'include').includes('reasoning.encrypted_content'),
  sealsGiven: (reply) => reply.pieces.flatMap((piece) => (piece.type === 'thinking' ? [piece.seal] : [])),
  frames,
  whole: (reply) => envelope(reply, reply.stop === 'length' ? 'incomplete' : 'completed'),
  errorBody: (refusal) => ({
    error: {
      message: refusal.message,
      type: refusal.type ?? (refusal.status < 500 ? 'invalid_request_error' : 'server_error'),
      param: refusal.param ?? null,
      code: refusal.code ?? null,
    },
  }),
  errorEvent: (refusal) => {
    const error = { code: refusal.code ?? 'server_is_overloaded', message: refusal.message };
    const response = { id: 'resp_0failed', object: 'response', status: 'failed', error, output: [], usage: null };
    return {
      event: 'response.failed',
      data: JSON.stringify({ type: 'response.failed', sequence_number: 2, response }),
    };
  },
};

function envelope(reply: VendorReply, status: string): JsonObject {
  const open = status === 'in_progress';
  const { input, cached, output, reasoning } = reply.usage;
  return {
    id: reply.id,
    object: 'response',
    created_at: 1_784_759_808,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    model: reply.model,
    output: open ? [] : reply.pieces.map(doneItem),
    parallel_tool_calls: true,
    store: false,
    usage: open
      ? null
      : {
          input_tokens: input,
          input_tokens_details: { cached_tokens: cached },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: reasoning },
          total_tokens: input + output,
        },
  };
}

function frames(reply: VendorReply): readonly SseEvent[] {
  const open = envelope(reply, 'in_progress');
  const last = reply.stop === 'length' ? 'incomplete' : 'completed';
  const events: JsonObject[] = [
    { type: 'response.created', response: open },
    { type: 'response.in_progress', response: open },
    ...reply.pieces.flatMap((piece, index) => pieceEvents(piece, index)),
    { type: `response.${last}`, response: envelope(reply, last) },
  ];
  return events.map((event, sequence) => ({
    event: textAt(event, 'type'),
    data: JSON.stringify({ ...event, sequence_number: sequence }),
  }));
}

function pieceEvents(piece: Piece, index: number): readonly JsonObject[] {
  const done = doneItem(piece);
  return [
    { type: 'response.output_item.added', output_index: index, item: openItem(piece) },
    ...innerEvents(piece).map((event) => ({ ...event, item_id: piece.id, output_index: index })),
    { type: 'response.output_item.done', output_index: index, item: done },
  ];
}

function innerEvents(piece: Piece): readonly JsonObject[] {
  if (piece.type === 'compaction') return [];
  if (piece.type === 'call') return callEvents(piece);
  if (piece.type === 'text') {
    const part = { type: 'output_text', annotations: [], logprobs: [], text: piece.text };
    return [
      { type: 'response.content_part.added', content_index: 0, part: { ...part, text: '' } },
      ...oddPieces(piece.text).map((delta) => ({
        type: 'response.output_text.delta',
        content_index: 0,
        delta,
        logprobs: [],
      })),
      { type: 'response.output_text.done', content_index: 0, text: piece.text, logprobs: [] },
      { type: 'response.content_part.done', content_index: 0, part },
    ];
  }
  const part = { type: 'summary_text', text: piece.text };
  return [
    { type: 'response.reasoning_summary_part.added', summary_index: 0, part: { ...part, text: '' } },
    ...oddPieces(piece.text).map((delta) => ({
      type: 'response.reasoning_summary_text.delta',
      summary_index: 0,
      delta,
    })),
    { type: 'response.reasoning_summary_text.done', summary_index: 0, text: piece.text },
    { type: 'response.reasoning_summary_part.done', summary_index: 0, part },
  ];
}

function callEvents(call: Extract<Piece, { type: 'call' }>): readonly JsonObject[] {
  if (call.kind === 'search') return [];
  const name = call.kind === 'custom' ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  const whole = call.kind === 'custom' ? { input: call.input } : { arguments: call.input };
  return [
    ...oddPieces(call.input).map((delta) => ({ type: `${name}.delta`, delta })),
    { type: `${name}.done`, ...whole },
  ];
}

function openItem(piece: Piece): JsonObject {
  const done = doneItem(piece);
  if (piece.type === 'compaction') return { ...done, encrypted_content: '' };
  const open = piece.type === 'thinking' ? {} : { status: 'in_progress' };
  if (piece.type === 'text') return { ...done, ...open, content: [] };
  if (piece.type === 'thinking') return { ...done, summary: [] };
  if (piece.kind === 'search') return { ...done, ...open };
  return { ...done, ...open, ...(piece.kind === 'custom' ? { input: '' } : { arguments: '' }) };
}

function doneItem(piece: Piece): JsonObject {
  const { id } = piece;
  if (piece.type === 'compaction') return { id, type: 'compaction', encrypted_content: piece.seal };
  if (piece.type === 'text') {
    const content = [{ type: 'output_text', annotations: [], logprobs: [], text: piece.text }];
    return { id, type: 'message', status: 'completed', content, role: 'assistant' };
  }
  if (piece.type === 'thinking') {
    return {
      id,
      type: 'reasoning',
      encrypted_content: piece.seal,
      summary: [{ type: 'summary_text', text: piece.text }],
    };
  }
  const call = { id, status: 'completed', call_id: piece.callId };
  if (piece.kind === 'search') {
    return { ...call, type: 'tool_search_call', execution: 'client', arguments: parseJson(piece.input) ?? {} };
  }
  const named = {
    ...call,
    name: piece.wireName,
    ...(piece.namespace === undefined ? {} : { namespace: piece.namespace }),
  };
  if (piece.kind === 'custom') return { ...named, type: 'custom_tool_call', input: piece.input };
  return { ...named, type: 'function_call', arguments: piece.input };
}

function readResponses(body: JsonObject): Conversation {
  const items = inputItems(body);
  const declared = [
    ...objectsAt(body, 'tools'),
    ...items.flatMap((item) =>
      /^(additional_tools|tool_search_output)$/.test(textAt(item, 'type')) ? objectsAt(item, 'tools') : [],
    ),
  ];
  return {
    model: textAt(body, 'model'),
    stream: body['stream'] === true,
    tools: declared.flatMap((tool) => readTool(tool)),
    turns: [{ type: 'system', text: textAt(body, 'instructions') }, ...items.flatMap(readItem)],
  };
}

function readTool(tool: JsonObject, namespace?: string): readonly DeclaredTool[] {
  const type = textAt(tool, 'type');
  const name = textAt(tool, 'name');
  const within = namespace === undefined || namespace === 'functions' ? {} : { namespace };
  if (type === 'namespace') return objectsAt(tool, 'tools').flatMap((inner) => readTool(inner, name));
  if (type === 'tool_search') return [{ wireName: 'tool_search', kind: 'search' }];
  if (type === 'custom') return [{ wireName: name, kind: 'custom', ...within }];
  if (type !== 'function') return [];
  return [{ wireName: name, kind: 'function', ...within, ...textArgumentOf(objectAt(tool, 'parameters')) }];
}

function readItem(item: JsonObject): readonly Turn[] {
  const type = textAt(item, 'type') || 'message';
  const callId = textAt(item, 'call_id');
  if (type === 'message') return [{ type: turnType(textAt(item, 'role')), text: contentText(item['content']) }];
  if (type === 'reasoning') return sealTurn(item);
  if (type === 'compaction') return [{ type: 'user', text: openHistory(item) ?? '' }];
  if (type === 'compaction_trigger') return [{ type: 'user', text: compactionWish }];
  if (type === 'tool_search_output') return [{ type: 'result', callId, text: JSON.stringify(item['tools']) }];
  if (type.endsWith('_call_output')) return [{ type: 'result', callId, text: contentText(item['output']) }];
  if (!/^(function|custom_tool|tool_search)_call$/.test(type)) return [];
  const input: Json | undefined = item['input'] ?? item['arguments'];
  const text = isJsonObject(input) ? JSON.stringify(input) : typeof input === 'string' ? input : '';
  return [{ type: 'call', callId, wireName: textAt(item, 'name') || 'tool_search', input: text }];
}

function turnType(role: string): 'user' | 'assistant' | 'system' {
  return role === 'user' || role === 'assistant' ? role : 'system';
}

function sealTurn(item: JsonObject): readonly Turn[] {
  const value = textAt(item, 'encrypted_content');
  return value === '' ? [] : [{ type: 'seal', value }];
}
