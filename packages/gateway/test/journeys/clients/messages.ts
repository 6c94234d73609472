import { type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../kit/json-access.ts';
import type { Told } from '../../kit/ask.ts';
import type { Client } from '../clients.ts';

/** Speaks the Messages API as Anthropic's SDK does. */
export const messagesClient: Client = {
  user: (text) => ({ role: 'user', content: text }),
  request: ({ model, stream, tools, history }) => ({
    path: '/anthropic/v1/messages',
    body: {
      model,
      stream,
      max_tokens: 2000,
      messages: history,
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    },
  }),
  understand(told, stream) {
    const message = stream ? foldEvents(told) : (told.payloads[0] ?? {});
    const content = objectsAt(message, 'content');
    const usage = objectAt(message, 'usage');
    const input = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];
    return {
      text: content
        .filter((block) => block['type'] === 'text')
        .map((block) => textAt(block, 'text'))
        .join(''),
      calls: content
        .filter((block) => block['type'] === 'tool_use')
        .map((block) => ({ id: textAt(block, 'id'), name: textAt(block, 'name'), input: block['input'] ?? null })),
      model: textAt(message, 'model'),
      tokens: {
        input: input.reduce((sum, name) => sum + numberAt(usage, name), 0),
        output: numberAt(usage, 'output_tokens'),
      },
      history: [{ role: 'assistant', content }],
    };
  },
  result: ({ id }, text) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] }),
};

function foldEvents({ payloads }: Told): JsonObject {
  const start = objectAt(
    payloads.find((event) => event['type'] === 'message_start'),
    'message',
  );
  const last = payloads.findLast((event) => event['type'] === 'message_delta');
  const blocks = payloads.filter((event) => event['type'] === 'content_block_start');
  const content = blocks.map((block) => {
    const deltas = payloads
      .filter((event) => event['type'] === 'content_block_delta' && event['index'] === block['index'])
      .map((event) => objectAt(event, 'delta'));
    return foldBlock(objectAt(block, 'content_block'), deltas);
  });
  return { ...start, content, usage: { ...objectAt(start, 'usage'), ...objectAt(last, 'usage') } };
}

function foldBlock(block: JsonObject, deltas: readonly JsonObject[]): JsonObject {
  const all = (field: string) => deltas.map((delta) => textAt(delta, field)).join('');
  const input: Json = parseJson(all('partial_json') || '{}') ?? {};
  switch (block['type']) {
    case 'text':
      return { ...block, text: all('text') };
    case 'thinking':
      return { ...block, thinking: all('thinking'), signature: all('signature') };
    case 'tool_use':
      return { ...block, input };
    default:
      return block;
  }
}
