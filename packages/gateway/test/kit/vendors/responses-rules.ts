import type { JsonObject } from '../../../src/core/json.ts';
import { objectsAt, textAt } from '../json-access.ts';
import type { Mint } from './mint.ts';
import { firstIn, firstOf, repeated, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  model input instructions stream stream_options store include tools tool_choice text parallel_tool_calls
  max_output_tokens max_tool_calls reasoning temperature top_p top_logprobs truncation metadata user
  service_tier prompt_cache_key prompt_cache_retention safety_identifier previous_response_id conversation
  prompt background context_management client_metadata
`);

const itemTypes = words(`
  message reasoning function_call function_call_output custom_tool_call custom_tool_call_output
  tool_search_call tool_search_output additional_tools web_search_call item_reference compaction
  compaction_trigger image_generation_call mcp_call file_search_call code_interpreter_call
`);

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
};

const toolTypes = words(`
  function custom namespace tool_search web_search web_search_preview local_shell shell
`);

/** What the Responses API answers 400 or 401 to. The texts are the API's own, as users report them. */
export function refuseResponses(request: VendorRequest, mint: Mint): Refusal | undefined {
  const { body } = request;
  if (!request.headers['authorization']?.startsWith('Bearer ')) {
    return { status: 401, message: 'Missing bearer authentication in header', code: 'invalid_api_key' };
  }
  const items = inputItems(body);
  return firstOf(
    () => fieldsRefusal(body),
    () => firstIn(objectsAt(body, 'tools'), (tool, at) => toolRefusal(tool, `tools[${at}]`)),
    () => firstIn(items, (item, at) => itemRefusal(item, at, mint)),
    () => pairingRefusal(items),
    () => duplicateRefusal(items),
  );
}

/** The items of a request; a plain string stands for one user message. */
export function inputItems(body: JsonObject): readonly JsonObject[] {
  const input = body['input'];
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : objectsAt(body, 'input');
}

function bad(message: string, param?: string, code?: string): Refusal {
  return { status: 400, message, ...(param === undefined ? {} : { param }), ...(code === undefined ? {} : { code }) };
}

function fieldsRefusal(body: JsonObject): Refusal | undefined {
  const strange = strangeField(body, requestFields);
  if (strange !== undefined) return bad(`Unknown parameter: '${strange}'.`, strange, 'unknown_parameter');
  if (textAt(body, 'model') === '')
    return bad("Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  return inputItems(body).length === 0 ? bad("Missing required parameter: 'input'.", 'input') : undefined;
}

function toolRefusal(tool: JsonObject, where: string): Refusal | undefined {
  const type = textAt(tool, 'type');
  if (!toolTypes.includes(type)) return bad(`Invalid value: '${type}'.`, `${where}.type`, 'invalid_value');
  if (type === 'namespace')
    return firstIn(objectsAt(tool, 'tools'), (inner, at) => toolRefusal(inner, `${where}.tools[${at}]`));
  if (type !== 'function' && type !== 'custom') return undefined;
  return nameRefusal(textAt(tool, 'name'), `${where}.name`);
}

function nameRefusal(name: string, param: string): Refusal | undefined {
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return undefined;
  return bad(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    param,
    'invalid_value',
  );
}

function itemRefusal(item: JsonObject, at: number, mint: Mint): Refusal | undefined {
  const type = textAt(item, 'type') || 'message';
  if (!itemTypes.includes(type)) return bad(`Invalid value: '${type}'.`, `input[${at}]`, 'invalid_value');
  const id = textAt(item, 'id');
  const prefix = idPrefixes[type];
  if (id !== '' && prefix !== undefined && !id.startsWith(prefix)) {
    return bad(
      `Invalid 'input[${at}].id': '${id}'. Expected an ID that begins with '${prefix}'.`,
      `input[${at}].id`,
      'invalid_value',
    );
  }
  if (type === 'message') return messageRefusal(item, at);
  if (type === 'reasoning') return sealRefusal(item, mint);
  if (type === 'compaction' && openHistory(item) === undefined) return unreadable(id);
  const named = type === 'function_call' || type === 'custom_tool_call';
  if (named && textAt(item, 'call_id') === '')
    return bad(`Missing required parameter: 'input[${at}].call_id'.`, `input[${at}].call_id`);
  return named ? nameRefusal(textAt(item, 'name'), `input[${at}].name`) : undefined;
}

function messageRefusal(item: JsonObject, at: number): Refusal | undefined {
  const role = textAt(item, 'role');
  if (!['user', 'assistant', 'system', 'developer'].includes(role)) {
    return bad(
      `Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `input[${at}].role`,
      'invalid_value',
    );
  }
  const types =
    role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file', 'input_audio'];
  return firstIn(objectsAt(item, 'content'), (part, index) => {
    const type = textAt(part, 'type');
    if (types.includes(type)) return undefined;
    return bad(
      `Invalid value: '${type}'. Supported values are: ${types.map((each) => `'${each}'`).join(', ')}.`,
      `input[${at}].content[${index}].type`,
      'invalid_value',
    );
  });
}

function sealRefusal(item: JsonObject, mint: Mint): Refusal | undefined {
  const seal = item['encrypted_content'];
  const id = textAt(item, 'id');
  if (typeof seal !== 'string') {
    return id === ''
      ? undefined
      : {
          status: 404,
          message: `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`,
        };
  }
  // Items may come without their ids: older releases of Codex leave them out.
  const intact = id === '' ? mint.knows(seal) : mint.opens(seal, id);
  return intact ? undefined : unreadable(id, mint.isForeign(seal) ? foreign : undecipherable);
}

const undecipherable = 'Encrypted content could not be decrypted or parsed.';
const foreign = 'Encrypted content organization_id did not match the target organization.';

/** How a script sees that the history is to be condensed. */
export const compactionWish = '(condense this history)';

const historyPrefix = 'gAAAAA';

/** A condensed history as only this vendor can read it. */
export function sealHistory(text: string): string {
  return historyPrefix + Buffer.from(text).toString('base64url');
}

export function openHistory(item: JsonObject): string | undefined {
  const sealed = textAt(item, 'encrypted_content');
  if (!sealed.startsWith(historyPrefix)) return undefined;
  return Buffer.from(sealed.slice(historyPrefix.length), 'base64url').toString('utf8');
}

function unreadable(id: string, reason = undecipherable): Refusal {
  return bad(
    `The encrypted content for item ${id} could not be verified. Reason: ${reason}`,
    'input',
    'invalid_encrypted_content',
  );
}

function pairingRefusal(items: readonly JsonObject[]): Refusal | undefined {
  const ids = (pattern: RegExp): readonly string[] =>
    items.flatMap((item) => (pattern.test(textAt(item, 'type')) ? [textAt(item, 'call_id')] : []));
  const calls = ids(/^(function|custom_tool|tool_search)_call$/);
  const outputs = ids(/^(function_call|custom_tool_call|tool_search)_output$/);
  const open = calls.find((id) => !outputs.includes(id));
  if (open !== undefined) return bad(`No tool output found for function call ${open}.`, 'input');
  const stray = outputs.find((id) => !calls.includes(id));
  if (stray !== undefined) return bad(`No tool call found for function call output with call_id ${stray}.`, 'input');
  const twice = repeated(outputs);
  return twice === undefined ? undefined : bad(`Duplicate tool output found for call_id ${twice}.`, 'input');
}

function duplicateRefusal(items: readonly JsonObject[]): Refusal | undefined {
  const twice = repeated(items.flatMap((item) => (textAt(item, 'id') === '' ? [] : [textAt(item, 'id')])));
  return twice === undefined
    ? undefined
    : bad(`Duplicate item found with id ${twice}. Remove duplicate items from your input and try again.`, 'input');
}
