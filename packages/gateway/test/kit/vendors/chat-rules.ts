import { parseJson, type JsonObject } from '../../../src/core/json.ts';
import { objectAt, objectsAt, textAt } from '../json-access.ts';
import { firstIn, firstOf, repeated, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  model messages stream stream_options tools tool_choice parallel_tool_calls temperature top_p max_tokens
  max_completion_tokens stop response_format reasoning_effort verbosity service_tier prompt_cache_key
  prompt_cache_retention safety_identifier store metadata user seed n logprobs top_logprobs logit_bias
  presence_penalty frequency_penalty modalities prediction web_search_options reasoning thinking
`);

const messageFields: Readonly<Record<string, readonly string[]>> = {
  developer: ['role', 'content', 'name'],
  system: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  assistant: ['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'reasoning_content', 'reasoning'],
  tool: ['role', 'content', 'tool_call_id'],
};

/** What Chat Completions answers 400 or 401 to. The texts are the API's own, as users report them. */
export function refuseChat(request: VendorRequest): Refusal | undefined {
  const { body } = request;
  if (!request.headers['authorization']?.startsWith('Bearer ')) {
    return { status: 401, message: "You didn't provide an API key.", code: 'invalid_api_key' };
  }
  const messages = objectsAt(body, 'messages');
  return firstOf(
    () => fieldsRefusal(body),
    () => firstIn(objectsAt(body, 'tools'), toolRefusal),
    () => duplicateTool(body),
    () => firstIn(messages, messageRefusal),
    () => firstIn(messages, (message, at) => pairingRefusal(messages, message, at)),
  );
}

function bad(message: string, param?: string, code?: string): Refusal {
  return { status: 400, message, ...(param === undefined ? {} : { param }), ...(code === undefined ? {} : { code }) };
}

function fieldsRefusal(body: JsonObject): Refusal | undefined {
  const strange = strangeField(body, requestFields);
  if (strange !== undefined) return bad(`Unknown parameter: '${strange}'.`, strange, 'unknown_parameter');
  if (textAt(body, 'model') === '') return bad('you must provide a model parameter');
  if (objectsAt(body, 'messages').length === 0)
    return bad("Invalid 'messages': empty array.", 'messages', 'empty_array');
  if (body['stream_options'] !== undefined && body['stream'] !== true) {
    return bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  const noTools = objectsAt(body, 'tools').length === 0;
  if (Array.isArray(body['tools']) && noTools) return bad("Invalid 'tools': empty array.", 'tools', 'empty_array');
  const alone = ['tool_choice', 'parallel_tool_calls'].find((field) => body[field] !== undefined && noTools);
  return alone === undefined
    ? undefined
    : bad(`Invalid value for '${alone}': '${alone}' is only allowed when 'tools' are specified.`, alone);
}

function toolRefusal(tool: JsonObject, at: number): Refusal | undefined {
  const type = textAt(tool, 'type');
  if (type !== 'function' && type !== 'custom') {
    return bad(`Invalid value: '${type}'. Supported values are: 'function' and 'custom'.`, `tools[${at}].type`);
  }
  const inner = objectAt(tool, type);
  const strange = strangeField(inner, ['name', 'description', 'parameters', 'strict', 'format']);
  if (strange !== undefined) return bad(`Unknown parameter: 'tools[${at}].${type}.${strange}'.`);
  if (type === 'function' && inner['parameters'] !== undefined && objectAt(inner, 'parameters')['type'] !== 'object') {
    return bad(
      `Invalid schema for function '${textAt(inner, 'name')}': schema must be a JSON Schema of 'type: "object"'.`,
    );
  }
  return nameRefusal(textAt(inner, 'name'), `tools[${at}].${type}.name`);
}

function nameRefusal(name: string, param: string): Refusal | undefined {
  if (name.length > 64) {
    return bad(
      `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`,
      param,
    );
  }
  return /^[a-zA-Z0-9_-]+$/.test(name)
    ? undefined
    : bad(
        `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        param,
      );
}

function duplicateTool(body: JsonObject): Refusal | undefined {
  const names = objectsAt(body, 'tools').map((tool) => textAt(objectAt(tool, textAt(tool, 'type')), 'name'));
  const twice = repeated(names);
  return twice === undefined ? undefined : bad(`Duplicate tool name: ${twice}`, 'tools');
}

function messageRefusal(message: JsonObject, at: number): Refusal | undefined {
  const role = textAt(message, 'role');
  const allowed = messageFields[role];
  if (!allowed) {
    return bad(
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `messages[${at}].role`,
    );
  }
  const strange = strangeField(message, allowed);
  if (strange !== undefined)
    return bad(`Unknown parameter: 'messages[${at}].${strange}'.`, `messages[${at}].${strange}`);
  return firstOf(
    () => contentRefusal(message, role, at),
    () =>
      firstIn(objectsAt(message, 'tool_calls'), (call, index) =>
        callRefusal(call, `messages[${at}].tool_calls[${index}]`),
      ),
  );
}

function contentRefusal(message: JsonObject, role: string, at: number): Refusal | undefined {
  const content = message['content'];
  const calls = objectsAt(message, 'tool_calls');
  if (Array.isArray(message['tool_calls']) && calls.length === 0)
    return bad(`Invalid 'messages[${at}].tool_calls': empty array.`);
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) {
    const mayLack = role === 'assistant' && (calls.length > 0 || message['refusal'] !== undefined);
    return mayLack
      ? undefined
      : bad(`Invalid value for 'content': expected a string, got null.`, `messages[${at}].content`);
  }
  if (content.length === 0) return bad(`Invalid 'messages[${at}].content': empty array.`);
  const supported =
    role === 'user'
      ? ['text', 'image_url', 'input_audio', 'file']
      : role === 'assistant'
        ? ['text', 'refusal']
        : ['text'];
  return firstIn(objectsAt(message, 'content'), (part, index) => {
    const type = textAt(part, 'type');
    if (supported.includes(type)) return undefined;
    return bad(
      `Invalid value: '${type}'. Supported values are: ${supported.map((each) => `'${each}'`).join(', ')}.`,
      `messages[${at}].content[${index}].type`,
    );
  });
}

function callRefusal(call: JsonObject, param: string): Refusal | undefined {
  const type = textAt(call, 'type');
  const inner = objectAt(call, type);
  if (type === 'function') {
    const parsed = parseJson(textAt(inner, 'arguments'));
    if (typeof parsed !== 'object' || parsed === null)
      return bad(`Invalid '${param}.function.arguments': not a JSON object.`);
  } else if (type !== 'custom') return bad(`Invalid value: '${type}'.`, `${param}.type`);
  const strange = strangeField(call, ['id', 'type', type]);
  if (strange !== undefined) return bad(`Unknown parameter: '${param}.${strange}'.`);
  if (textAt(call, 'id') === '') return bad(`Missing required parameter: '${param}.id'.`);
  return nameRefusal(textAt(inner, 'name'), `${param}.${type}.name`);
}

function pairingRefusal(messages: readonly JsonObject[], message: JsonObject, at: number): Refusal | undefined {
  if (message['role'] === 'tool') {
    const callers = messages.slice(0, at).findLast((each) => each['role'] !== 'tool');
    const known = callIds(callers).includes(textAt(message, 'tool_call_id'));
    return known
      ? undefined
      : bad(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${at}].role`,
        );
  }
  const rest = messages.slice(at + 1);
  const end = rest.findIndex((each) => each['role'] !== 'tool');
  const answered = rest.slice(0, end < 0 ? rest.length : end).map((each) => textAt(each, 'tool_call_id'));
  const missing = callIds(message).filter((id) => !answered.includes(id));
  if (missing.length === 0) return undefined;
  return bad(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
    `messages.[${at + 1}].role`,
  );
}

function callIds(message: JsonObject | undefined): readonly string[] {
  return objectsAt(message, 'tool_calls').map((call) => textAt(call, 'id'));
}
