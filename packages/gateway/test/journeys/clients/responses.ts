import { parseJson } from '../../../src/core/json.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../kit/json-access.ts';
import type { Client } from '../clients.ts';

/** Speaks the Responses API as Codex does: finished items count, not the final snapshot. */
export const responsesClient: Client = {
  user: (text) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }),
  request: ({ model, stream, tools, history }) => ({
    path: '/openai/v1/responses',
    body: {
      model,
      stream,
      store: false,
      input: history,
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: schema,
        strict: false,
      })),
    },
  }),
  understand({ payloads }, stream) {
    const last = payloads.at(-1);
    const response = stream ? objectAt(last, 'response') : (last ?? {});
    const items = stream
      ? payloads.filter((each) => each['type'] === 'response.output_item.done').map((each) => objectAt(each, 'item'))
      : objectsAt(response, 'output');
    const messages = items.filter((item) => item['type'] === 'message');
    const calls = items.filter((item) => item['type'] === 'function_call');
    const usage = objectAt(response, 'usage');
    return {
      text: messages.flatMap((item) => objectsAt(item, 'content').map((part) => textAt(part, 'text'))).join(''),
      calls: calls.map((call) => ({
        id: textAt(call, 'call_id'),
        name: textAt(call, 'name'),
        input: parseJson(textAt(call, 'arguments')) ?? null,
      })),
      model: textAt(response, 'model'),
      tokens: { input: numberAt(usage, 'input_tokens'), output: numberAt(usage, 'output_tokens') },
      history: items,
    };
  },
  result: ({ id }, text) => ({ type: 'function_call_output', call_id: id, output: text }),
};
