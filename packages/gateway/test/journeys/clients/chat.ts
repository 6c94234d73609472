import { type JsonObject, parseJson } from '../../../src/core/json.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../kit/json-access.ts';
import type { Client } from '../clients.ts';

/** Speaks Chat Completions as the OpenAI SDK does. */
export const chatClient: Client = {
  user: (text) => ({ role: 'user', content: text }),
  request: ({ model, stream, tools, history }) => ({
    path: '/v1/chat/completions',
    body: {
      model,
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
      messages: history,
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema },
      })),
    },
  }),
  understand({ payloads }, stream) {
    const choices = payloads.flatMap((payload) => objectsAt(payload, 'choices'));
    const message = stream ? foldDeltas(choices.map((choice) => objectAt(choice, 'delta'))) : messageOf(choices[0]);
    const usage = objectAt(
      payloads.findLast((payload) => 'usage' in payload && payload['usage'] !== null),
      'usage',
    );
    const calls = objectsAt(message, 'tool_calls');
    return {
      text: textAt(message, 'content'),
      calls: calls.map((call) => ({
        id: textAt(call, 'id'),
        name: textAt(objectAt(call, 'function'), 'name'),
        input: parseJson(textAt(objectAt(call, 'function'), 'arguments')) ?? null,
      })),
      model: textAt(payloads[0], 'model'),
      tokens: { input: numberAt(usage, 'prompt_tokens'), output: numberAt(usage, 'completion_tokens') },
      history: [message],
    };
  },
  result: ({ id }, text) => ({ role: 'tool', tool_call_id: id, content: text }),
};

/** What of a message goes back: answers carry fields that requests do not have. */
function messageOf(choice: JsonObject | undefined): JsonObject {
  const message = objectAt(choice, 'message');
  const calls = objectsAt(message, 'tool_calls');
  return {
    role: 'assistant',
    content: message['content'] ?? null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function foldDeltas(deltas: readonly JsonObject[]): JsonObject {
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const delta of deltas.flatMap((each) => objectsAt(each, 'tool_calls'))) {
    const call = (calls[numberAt(delta, 'index')] ??= { id: '', name: '', arguments: '' });
    const named = objectAt(delta, 'function');
    call.id += textAt(delta, 'id');
    call.name += textAt(named, 'name');
    call.arguments += textAt(named, 'arguments');
  }
  const content = deltas.map((delta) => textAt(delta, 'content')).join('');
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, ...named }) => ({ id, type: 'function', function: named })),
        }
      : {}),
  };
}
