import { type JsonObject, parseJson } from '../../../src/core/json.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../json-access.ts';
import { firstIn, firstOf, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  model stream messages tools strict_tools documents citation_options response_format safety_mode max_tokens
  stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking priority
`);

const messageFields: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'tool_plan', 'citations'],
  tool: ['role', 'content', 'tool_call_id'],
};

const partTypes: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  user: ['text', 'image_url'],
  assistant: ['text', 'thinking'],
  tool: ['text', 'document'],
};

/** What Cohere answers 400 or 401 to, by its reference (https://docs.cohere.com/reference/chat). */
export function refuseCohere({ headers, body }: VendorRequest): Refusal | undefined {
  if (!headers['authorization']?.startsWith('Bearer ')) return { status: 401, message: 'no api key supplied' };
  const messages = objectsAt(body, 'messages');
  return firstOf(
    () => fieldsRefusal(body),
    () => firstIn(objectsAt(body, 'tools'), toolRefusal),
    () => firstIn(messages, messageRefusal),
    () => firstIn(messages, (_, at) => pairingRefusal(messages, at)),
  );
}

function bad(message: string): Refusal {
  return { status: 400, message: `invalid request: ${message}` };
}

function fieldsRefusal(body: JsonObject): Refusal | undefined {
  const strange = strangeField(body, requestFields);
  if (strange !== undefined) return bad(`unknown field: parameter '${strange}' is not a valid field`);
  if (textAt(body, 'model') === '') return bad('model is required');
  if (objectsAt(body, 'messages').length === 0) return bad('messages must not be empty');
  const hasTools = objectsAt(body, 'tools').length > 0;
  if (Array.isArray(body['tools']) && !hasTools) return bad('tools must not be empty');
  if (hasTools && body['response_format'] !== undefined) return bad('response_format is not supported with tools');
  const choice = body['tool_choice'];
  if (choice !== undefined && choice !== 'REQUIRED' && choice !== 'NONE') return bad('tool_choice is not known');
  const p = body['p'] === undefined ? 0.5 : numberAt(body, 'p');
  if (p < 0.01 || p > 0.99) return bad('p must be between 0.01 and 0.99');
  return undefined;
}

function toolRefusal(tool: JsonObject): Refusal | undefined {
  const inner = objectAt(tool, 'function');
  const strange =
    strangeField(tool, ['type', 'function']) ?? strangeField(inner, ['name', 'description', 'parameters']);
  if (strange !== undefined || tool['type'] !== 'function') return bad(`unknown field in tool: ${strange ?? 'type'}`);
  if (objectAt(inner, 'parameters')['type'] !== 'object') return bad('parameters must be of type object');
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(textAt(inner, 'name'))
    ? undefined
    : bad("tool names can only contain certain characters (A-Za-z0-9_) and can't begin with a digit");
}

function messageRefusal(message: JsonObject, at: number): Refusal | undefined {
  const role = textAt(message, 'role');
  const allowed = messageFields[role];
  if (!allowed) return bad(`messages[${at}]: unknown role ${role}`);
  const strange = strangeField(message, allowed);
  if (strange !== undefined) return bad(`messages[${at}]: unknown field ${strange}`);
  const { content } = message;
  const calls = objectsAt(message, 'tool_calls');
  if ((content === undefined || content === '') && calls.length === 0) return bad(`messages[${at}]: no content`);
  return firstOf(
    () =>
      firstIn(objectsAt(message, 'content'), (part) =>
        partTypes[role]?.includes(textAt(part, 'type'))
          ? undefined
          : bad(`messages[${at}]: part ${textAt(part, 'type')}`),
      ),
    () =>
      firstIn(calls, (call) => {
        const input = parseJson(textAt(objectAt(call, 'function'), 'arguments'));
        return typeof input === 'object' && input !== null ? undefined : bad(`messages[${at}]: arguments are not JSON`);
      }),
  );
}

/** Every call is answered right behind its message, and nothing else is. */
function pairingRefusal(messages: readonly JsonObject[], at: number): Refusal | undefined {
  const message = messages[at];
  const rest = messages.slice(at + 1);
  const end = rest.findIndex(({ role }) => role !== 'tool');
  const results = rest.slice(0, end < 0 ? rest.length : end).map((each) => textAt(each, 'tool_call_id'));
  const missing = idsOf(message).find((id) => !results.includes(id));
  if (missing !== undefined) return bad(`all tool calls must have a corresponding tool message: ${missing}`);
  if (message?.['role'] !== 'tool') return undefined;
  const caller = messages.slice(0, at).findLast(({ role }) => role !== 'tool');
  return idsOf(caller).includes(textAt(message, 'tool_call_id')) ? undefined : bad('tool message without a tool call');
}

function idsOf(message: JsonObject | undefined): readonly string[] {
  return objectsAt(message, 'tool_calls').map((call) => textAt(call, 'id'));
}
