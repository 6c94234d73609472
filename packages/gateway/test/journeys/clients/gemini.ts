import { numberAt, objectAt, objectsAt, textAt } from '../../kit/json-access.ts';
import type { Client } from '../clients.ts';

/** Speaks generateContent as Google's SDK does. */
export const geminiClient: Client = {
  user: (text) => ({ role: 'user', parts: [{ text }] }),
  request: ({ model, stream, tools, history }) => ({
    path: `/gemini/v1beta/models/${encodeURI(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: {
      contents: history,
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, schema }) => ({
            name,
            description,
            parameters: schema,
          })),
        },
      ],
    },
  }),
  understand({ payloads }) {
    const contents = payloads.flatMap((payload) =>
      objectsAt(payload, 'candidates').map((each) => objectAt(each, 'content')),
    );
    const parts = contents.flatMap((content) => objectsAt(content, 'parts'));
    const usage = objectAt(
      payloads.findLast((payload) => 'usageMetadata' in payload),
      'usageMetadata',
    );
    const calls = parts.flatMap((part) => ('functionCall' in part ? [objectAt(part, 'functionCall')] : []));
    return {
      text: parts
        .filter((part) => part['thought'] !== true)
        .map((part) => textAt(part, 'text'))
        .join(''),
      calls: calls.map((call) => ({ id: textAt(call, 'id'), name: textAt(call, 'name'), input: call['args'] ?? null })),
      model: textAt(payloads[0], 'modelVersion'),
      tokens: {
        input: numberAt(usage, 'promptTokenCount'),
        output: numberAt(usage, 'candidatesTokenCount') + numberAt(usage, 'thoughtsTokenCount'),
      },
      history: [{ role: 'model', parts }],
    };
  },
  result: ({ id, name }, text) => ({
    role: 'user',
    parts: [{ functionResponse: { ...(id === '' ? {} : { id }), name, response: { output: text } } }],
  }),
};
