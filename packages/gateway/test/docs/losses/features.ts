import type { ClientDialectName } from '../../../src/core/items.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';

/** Something that a request can say, in the words of each dialect that has words for it: fields that stand beside a plain question or take its place. */
export interface Feature {
  readonly name: string;
  readonly said: Partial<Readonly<Record<ClientDialectName, JsonObject>>>;
}

const question = 'What is in the file?';
const base64 = 'iVBORw0KGgo=';
const url = 'https://pictures.example/cat.png';
const schema: JsonObject = {
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
  additionalProperties: false,
};

/** A request that asks for nothing special. What is lost even of this is no feature's loss. */
export const plain: Readonly<Record<ClientDialectName, JsonObject>> = {
  responses: { model: 'asked', stream: true, input: question },
  chat: { model: 'asked', stream: true, messages: [{ role: 'user', content: question }] },
  messages: { model: 'asked', stream: true, max_tokens: 4000, messages: [{ role: 'user', content: question }] },
  gemini: { model: 'asked', stream: true, contents: [{ role: 'user', parts: [{ text: question }] }] },
};

/** A question of these parts, in each dialect. */
const asks = {
  responses: (...content: Json[]): JsonObject => ({ input: [{ role: 'user', content }] }),
  chat: (...content: Json[]): JsonObject => ({ messages: [{ role: 'user', content }] }),
  messages: (...content: Json[]): JsonObject => ({ messages: [{ role: 'user', content }] }),
  gemini: (...parts: Json[]): JsonObject => ({ contents: [{ role: 'user', parts }] }),
};

const tools = {
  responses: (more: JsonObject = {}): JsonObject => ({
    tools: [{ type: 'function', name: 'read_file', parameters: schema, strict: false, ...more }],
  }),
  chat: (more: JsonObject = {}): JsonObject => ({
    tools: [{ type: 'function', function: { name: 'read_file', parameters: schema, ...more } }],
  }),
  messages: (more: JsonObject = {}): JsonObject => ({ tools: [{ name: 'read_file', input_schema: schema, ...more }] }),
  gemini: (): JsonObject => ({
    tools: [{ functionDeclarations: [{ name: 'read_file', parametersJsonSchema: schema }] }],
  }),
};

/** A call of the tool and what came of it. */
const calls = {
  responses: (output: Json): JsonObject => ({
    ...tools.responses(),
    input: [
      { role: 'user', content: question },
      { type: 'function_call', call_id: 'call_1', name: 'read_file', arguments: '{"path":"a"}' },
      { type: 'function_call_output', call_id: 'call_1', output },
    ],
  }),
  chat: (content: Json): JsonObject => ({
    ...tools.chat(),
    messages: [
      { role: 'user', content: question },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content },
    ],
  }),
  messages: (result: JsonObject): JsonObject => ({
    ...tools.messages(),
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', ...result }] },
    ],
  }),
  gemini: (response: JsonObject): JsonObject => ({
    ...tools.gemini(),
    contents: [
      { role: 'user', parts: [{ text: question }] },
      { role: 'model', parts: [{ functionCall: { name: 'read_file', args: { path: 'a' } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'read_file', response } }] },
    ],
  }),
};

const cached = { cache_control: { type: 'ephemeral' } };

/** What a request of an agent may say. */
export const features: readonly Feature[] = [
  {
    name: 'Instructions',
    said: {
      responses: { instructions: 'Be brief.' },
      chat: {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: question },
        ],
      },
      messages: { system: 'Be brief.' },
      gemini: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
    },
  },
  {
    name: 'Instructions inside the conversation',
    said: {
      responses: {
        input: [
          { role: 'user', content: 'Hello' },
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: question },
        ],
      },
      chat: {
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: question },
        ],
      },
      messages: {
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: question },
        ],
      },
    },
  },
  {
    name: 'Function tools',
    said: { responses: tools.responses(), chat: tools.chat(), messages: tools.messages(), gemini: tools.gemini() },
  },
  {
    name: 'Strict arguments',
    said: {
      responses: tools.responses({ strict: true }),
      chat: tools.chat({ strict: true }),
      messages: tools.messages({ strict: true }),
    },
  },
  {
    name: 'A certain tool must be called',
    said: {
      responses: { ...tools.responses(), tool_choice: { type: 'function', name: 'read_file' } },
      chat: { ...tools.chat(), tool_choice: { type: 'function', function: { name: 'read_file' } } },
      messages: { ...tools.messages(), tool_choice: { type: 'tool', name: 'read_file' } },
      gemini: {
        ...tools.gemini(),
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['read_file'] } },
      },
    },
  },
  {
    name: 'One call at a time',
    said: {
      responses: { ...tools.responses(), parallel_tool_calls: false },
      chat: { ...tools.chat(), parallel_tool_calls: false },
      messages: { ...tools.messages(), tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    },
  },
  {
    name: 'Calls and results',
    said: {
      responses: calls.responses('text'),
      chat: calls.chat('text'),
      messages: calls.messages({ content: 'text' }),
      gemini: calls.gemini({ output: 'text' }),
    },
  },
  {
    name: 'A result marked as failed',
    said: {
      messages: calls.messages({ content: 'no such file', is_error: true }),
      gemini: calls.gemini({ error: 'no such file' }),
    },
  },
  {
    name: 'An image in a result',
    said: {
      responses: calls.responses([{ type: 'input_image', image_url: `data:image/png;base64,${base64}` }]),
      messages: calls.messages({
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }],
      }),
    },
  },
  {
    name: 'Freeform tools with a grammar',
    said: {
      responses: {
        tools: [
          {
            type: 'custom',
            name: 'apply_patch',
            format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
          },
        ],
      },
      chat: {
        tools: [
          {
            type: 'custom',
            custom: {
              name: 'apply_patch',
              format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
            },
          },
        ],
      },
    },
  },
  {
    name: 'Namespaces of tools',
    said: {
      responses: {
        tools: [
          {
            type: 'namespace',
            name: 'mcp__ci',
            tools: [{ type: 'function', name: 'run', parameters: schema, strict: false }],
          },
        ],
      },
    },
  },
  {
    name: 'Tools that the agent finds',
    said: { responses: { tools: [{ type: 'tool_search', execution: 'client', parameters: schema }] } },
  },
  {
    name: 'Web search by the provider',
    said: {
      responses: { tools: [{ type: 'web_search' }] },
      chat: { web_search_options: {} },
      messages: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      gemini: { tools: [{ googleSearch: {} }] },
    },
  },
  {
    name: 'Images',
    said: {
      responses: asks.responses({ type: 'input_image', image_url: `data:image/png;base64,${base64}` }),
      chat: asks.chat({ type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } }),
      messages: asks.messages({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64 } }),
      gemini: asks.gemini({ inlineData: { mimeType: 'image/png', data: base64 } }),
    },
  },
  {
    name: 'Images at a URL',
    said: {
      responses: asks.responses({ type: 'input_image', image_url: url }),
      chat: asks.chat({ type: 'image_url', image_url: { url } }),
      messages: asks.messages({ type: 'image', source: { type: 'url', url } }),
      gemini: asks.gemini({ fileData: { mimeType: 'image/png', fileUri: url } }),
    },
  },
  {
    name: 'PDF files',
    said: {
      responses: asks.responses({
        type: 'input_file',
        filename: 'a.pdf',
        file_data: `data:application/pdf;base64,${base64}`,
      }),
      chat: asks.chat({
        type: 'file',
        file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` },
      }),
      messages: asks.messages({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: base64 },
      }),
      gemini: asks.gemini({ inlineData: { mimeType: 'application/pdf', data: base64 } }),
    },
  },
  {
    name: 'Sound',
    said: {
      chat: asks.chat({ type: 'input_audio', input_audio: { data: base64, format: 'wav' } }),
      gemini: asks.gemini({ inlineData: { mimeType: 'audio/wav', data: base64 } }),
    },
  },
  {
    name: 'Reasoning effort',
    said: {
      responses: { reasoning: { effort: 'high' } },
      chat: { reasoning_effort: 'high' },
      messages: { output_config: { effort: 'high' }, thinking: { type: 'adaptive' } },
      gemini: { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } },
    },
  },
  {
    name: 'Its maker’s sealed thoughts, given back',
    said: {
      responses: {
        input: [
          { role: 'user', content: 'Hello' },
          { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'user', content: question },
        ],
      },
      messages: {
        thinking: { type: 'adaptive' },
        messages: [
          { role: 'user', content: 'Hello' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Well.', signature: 'sealed' },
              { type: 'text', text: 'Hi.' },
            ],
          },
          { role: 'user', content: question },
        ],
      },
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Hello' }] },
          { role: 'model', parts: [{ text: 'Hi.', thoughtSignature: 'c2VhbGVk' }] },
          { role: 'user', parts: [{ text: question }] },
        ],
      },
    },
  },
  {
    name: 'Structured output',
    said: {
      responses: { text: { format: { type: 'json_schema', name: 'file', schema, strict: true } } },
      chat: { response_format: { type: 'json_schema', json_schema: { name: 'file', schema, strict: true } } },
      messages: { output_config: { format: { type: 'json_schema', schema } } },
      gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } },
    },
  },
  {
    name: 'JSON of any form',
    said: {
      responses: { text: { format: { type: 'json_object' } } },
      chat: { response_format: { type: 'json_object' } },
      gemini: { generationConfig: { responseMimeType: 'application/json' } },
    },
  },
  { name: 'Verbosity', said: { responses: { text: { verbosity: 'low' } }, chat: { verbosity: 'low' } } },
  {
    name: 'Marks for the prompt cache',
    said: {
      chat: asks.chat({ type: 'text', text: question, ...cached }),
      messages: asks.messages({ type: 'text', text: question, ...cached }),
    },
  },
  {
    name: 'A key for the prompt cache',
    said: { responses: { prompt_cache_key: 'session' }, chat: { prompt_cache_key: 'session' } },
  },
  {
    name: 'Output limit',
    said: {
      responses: { max_output_tokens: 900 },
      chat: { max_completion_tokens: 900 },
      messages: { max_tokens: 900 },
      gemini: { generationConfig: { maxOutputTokens: 900 } },
    },
  },
  {
    name: 'Temperature',
    said: {
      responses: { temperature: 0.5 },
      chat: { temperature: 0.5 },
      messages: { temperature: 0.5 },
      gemini: { generationConfig: { temperature: 0.5 } },
    },
  },
  {
    name: 'Top-p',
    said: {
      responses: { top_p: 0.5 },
      chat: { top_p: 0.5 },
      messages: { top_p: 0.5 },
      gemini: { generationConfig: { topP: 0.5 } },
    },
  },
  { name: 'Top-k', said: { chat: { top_k: 9 }, messages: { top_k: 9 }, gemini: { generationConfig: { topK: 9 } } } },
  {
    name: 'Stop sequences',
    said: {
      chat: { stop: ['END'] },
      messages: { stop_sequences: ['END'] },
      gemini: { generationConfig: { stopSequences: ['END'] } },
    },
  },
  { name: 'Seed', said: { chat: { seed: 7 }, gemini: { generationConfig: { seed: 7 } } } },
  {
    name: 'Probabilities of tokens',
    said: {
      responses: { top_logprobs: 2 },
      chat: { logprobs: true, top_logprobs: 2 },
      gemini: { generationConfig: { responseLogprobs: true } },
    },
  },
  {
    name: 'Service tier',
    said: {
      responses: { service_tier: 'priority' },
      chat: { service_tier: 'priority' },
      messages: { service_tier: 'auto' },
    },
  },
  {
    name: 'Editing of the context by the provider',
    said: { messages: { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } } },
  },
  {
    name: 'Safety settings',
    said: { gemini: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] } },
  },
  {
    name: 'What the provider has stored',
    said: { responses: { previous_response_id: 'resp_1' }, gemini: { cachedContent: 'cachedContents/1' } },
  },
];
