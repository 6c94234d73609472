import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../json-access.ts';
import type { Mint } from './mint.ts';
import { countField, firstIn, firstOf, repeated, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  model messages max_tokens system stream tools tool_choice thinking temperature top_p top_k stop_sequences
  metadata service_tier output_config container mcp_servers cache_control context_management output_format
  inference_geo speed
`);

const blockFields: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text', 'cache_control', 'citations'],
  image: ['type', 'source', 'cache_control'],
  document: ['type', 'source', 'cache_control', 'title', 'context', 'citations'],
  thinking: ['type', 'thinking', 'signature'],
  redacted_thinking: ['type', 'data'],
  tool_use: ['type', 'id', 'name', 'input', 'cache_control', 'caller'],
  tool_result: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'],
};

/** Redacted thinking comes back without its words: its seal is bound to this instead. */
export const redactedContent = '(redacted)';

/** What the Messages API answers 400 or 401 to. The texts are the API's own, as users report them. */
export function refuseMessages(request: VendorRequest, mint: Mint): Refusal | undefined {
  const { headers, body } = request;
  if (!headers['x-api-key']) return { status: 401, message: 'x-api-key header is required' };
  if (!headers['anthropic-version']) return bad('anthropic-version: header is required');
  const complaint = firstOf(
    () => fieldsComplaint(body),
    () => firstIn(objectsAt(body, 'tools'), toolComplaint),
    () => duplicateTool(body),
    () => thinkingComplaint(body),
    () => bindingComplaint(request),
    () => rolesComplaint(body),
    () => firstIn(objectsAt(body, 'messages'), (message, at) => messageComplaint(message, at, mint)),
    () => pairingComplaint(objectsAt(body, 'messages')),
    () => firstBlockComplaint(body),
    () => cacheComplaint(body),
  );
  return complaint === undefined ? undefined : bad(complaint);
}

function bad(message: string): Refusal {
  return { status: 400, message };
}

function fieldsComplaint(body: JsonObject): string | undefined {
  const strange = strangeField(body, requestFields);
  if (strange !== undefined) return `${strange}: Extra inputs are not permitted`;
  if (textAt(body, 'model') === '') return 'model: Field required';
  if (numberAt(body, 'max_tokens') < 1) return 'max_tokens: Field required';
  return objectsAt(body, 'messages').length === 0 ? 'messages: at least one message is required' : undefined;
}

function toolComplaint(tool: JsonObject, at: number): string | undefined {
  const hosted = tool['type'] !== undefined && tool['type'] !== 'custom';
  if (hosted) return undefined;
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(textAt(tool, 'name'))) {
    return `tools.${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
  }
  const allowed = [
    'type',
    'name',
    'description',
    'input_schema',
    'cache_control',
    'strict',
    'defer_loading',
    'eager_input_streaming',
  ];
  const strange = strangeField(tool, [...allowed, 'input_examples', 'allowed_callers']);
  if (strange !== undefined) return `tools.${at}.custom.${strange}: Extra inputs are not permitted`;
  const schema = objectAt(tool, 'input_schema');
  if (schema['type'] !== 'object') return `tools.${at}.custom.input_schema.type: Input should be 'object'`;
  const combined = ['oneOf', 'anyOf', 'allOf'].some((key) => schema[key] !== undefined);
  return combined
    ? `tools.${at}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`
    : undefined;
}

function duplicateTool(body: JsonObject): string | undefined {
  const twice = repeated(objectsAt(body, 'tools').map((tool) => textAt(tool, 'name')));
  return twice === undefined ? undefined : 'tools: Tool names must be unique.';
}

/** https://platform.claude.com/docs/en/build-with-claude/preserved-thinking: a field of a beta is unknown without its header. */
function bindingComplaint({ body, headers }: VendorRequest): string | undefined {
  const thinking = objectAt(body, 'thinking');
  if (thinking['block_binding'] === undefined) return undefined;
  if (String(headers['anthropic-beta']).includes('thinking-binding-controls-2026-08-01')) return undefined;
  return `thinking.${textAt(thinking, 'type')}.block_binding: Extra inputs are not permitted`;
}

function thinkingComplaint(body: JsonObject): string | undefined {
  const thinking = objectAt(body, 'thinking');
  const on = thinking['type'] === 'enabled' || thinking['type'] === 'adaptive';
  if (!on) return undefined;
  const choice = textAt(objectAt(body, 'tool_choice'), 'type');
  if (choice === 'any' || choice === 'tool') return 'Thinking may not be enabled when tool_choice forces tool use.';
  const temperature = body['temperature'];
  if (temperature !== undefined && temperature !== 1) {
    return '`temperature` may only be set to 1 when thinking is enabled.';
  }
  if (thinking['type'] === 'adaptive') return undefined;
  const budget = numberAt(thinking, 'budget_tokens');
  if (budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  return budget >= numberAt(body, 'max_tokens')
    ? '`max_tokens` must be greater than `thinking.budget_tokens`.'
    : undefined;
}

/** The API joins neighbours of one role, its other hosts refuse them: a good encoder alternates. */
function rolesComplaint(body: JsonObject): string | undefined {
  const roles = objectsAt(body, 'messages').map((message) => textAt(message, 'role'));
  const unknown = roles.findIndex((role) => role !== 'user' && role !== 'assistant');
  if (unknown >= 0) return `messages.${unknown}.role: Input should be 'user' or 'assistant'`;
  if (roles[0] !== 'user') return 'messages: first message must use the "user" role';
  const same = roles.findIndex((role, at) => at > 0 && role === roles[at - 1]);
  return same < 0
    ? undefined
    : `messages: roles must alternate between "user" and "assistant", but found multiple "${roles[same]}" roles in a row`;
}

function blocksOf(message: JsonObject): readonly JsonObject[] {
  const content = message['content'];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsAt(message, 'content');
}

function messageComplaint(message: JsonObject, at: number, mint: Mint): string | undefined {
  const blocks = blocksOf(message);
  if (blocks.length === 0) return `messages.${at}: all messages must have non-empty content`;
  return firstIn(blocks, (block, index) => {
    const complaint = blockComplaint(block, mint);
    return complaint === undefined ? undefined : `messages.${at}.content.${index}${complaint}`;
  });
}

function blockComplaint(block: JsonObject, mint: Mint): string | undefined {
  const type = textAt(block, 'type');
  const allowed = blockFields[type];
  if (!allowed) return `: Input tag '${type}' found using 'type' does not match any of the expected tags`;
  const strange = strangeField(block, allowed);
  if (strange !== undefined) return `.${type}.${strange}: Extra inputs are not permitted`;
  if (type === 'text') return textComplaint(textAt(block, 'text'));
  if (type === 'tool_use') return toolUseComplaint(block);
  if (type === 'tool_result') return resultComplaint(block['content']);
  if (type === 'thinking' && !mint.opens(textAt(block, 'signature'), textAt(block, 'thinking'))) {
    return ': Invalid `signature` in `thinking` block';
  }
  const broken = type === 'redacted_thinking' && !mint.opens(textAt(block, 'data'), redactedContent);
  return broken ? ': Invalid `data` in `redacted_thinking` block' : undefined;
}

function textComplaint(text: string): string | undefined {
  if (text === '') return ': text content blocks must be non-empty';
  return text.trim() === '' ? ': text content blocks must contain non-whitespace text' : undefined;
}

function toolUseComplaint(block: JsonObject): string | undefined {
  if (!/^[a-zA-Z0-9_-]+$/.test(textAt(block, 'id')))
    return ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'";
  if (!/^[a-zA-Z0-9_-]{1,200}$/.test(textAt(block, 'name'))) {
    return ".tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'";
  }
  return isJsonObject(block['input']) ? undefined : '.tool_use.input: Input should be a valid dictionary';
}

function resultComplaint(content: Json | undefined): string | undefined {
  if (content === undefined || typeof content === 'string') return undefined;
  const parts = Array.isArray(content) ? content : [];
  return firstIn(parts, (part: Json, index) => {
    const type = textAt(part, 'type');
    if (!['text', 'image', 'document', 'search_result'].includes(type)) {
      return `.tool_result.content.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags`;
    }
    return type === 'text' ? textComplaint(textAt(part, 'text')) : undefined;
  });
}

function pairingComplaint(messages: readonly JsonObject[]): string | undefined {
  const uses = messages.flatMap((message) => idsOf(message, 'tool_use', 'id'));
  if (repeated(uses) !== undefined) return 'messages: `tool_use` ids must be unique';
  return firstIn(messages, (message, at) => {
    const next = messages[at + 1];
    const missing = idsOf(message, 'tool_use', 'id').filter(
      (id) => !idsOf(next, 'tool_result', 'tool_use_id').includes(id),
    );
    if (missing.length > 0) {
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }
    return strayResult(message, messages[at - 1], at);
  });
}

function strayResult(message: JsonObject, previous: JsonObject | undefined, at: number): string | undefined {
  const results = idsOf(message, 'tool_result', 'tool_use_id');
  const stray = results.find((id) => !idsOf(previous, 'tool_use', 'id').includes(id));
  if (stray !== undefined) {
    return `messages.${at}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
  }
  if (repeated(results) !== undefined) return `messages.${at}.content: each tool_use must have a single result.`;
  const types = blocksOf(message).map((block) => textAt(block, 'type'));
  const late = types.lastIndexOf('tool_result') >= results.length;
  return late ? `messages.${at}.content: \`tool_result\` blocks must come first in the content` : undefined;
}

function idsOf(message: JsonObject | undefined, type: string, field: string): readonly string[] {
  if (!message) return [];
  return blocksOf(message).flatMap((block) => (block['type'] === type ? [textAt(block, field)] : []));
}

/** With classic thinking on, the turn that is being continued must begin with its thinking; its later steps need none. */
function firstBlockComplaint(body: JsonObject): string | undefined {
  if (objectAt(body, 'thinking')['type'] !== 'enabled') return undefined;
  const messages = objectsAt(body, 'messages');
  const asked = messages.findLastIndex(
    (message) => message['role'] === 'user' && idsOf(message, 'tool_result', 'tool_use_id').length === 0,
  );
  const first = messages[asked + 1];
  if (!first) return undefined;
  const type = textAt(blocksOf(first)[0], 'type');
  if (type === 'thinking' || type === 'redacted_thinking') return undefined;
  return `messages.${asked + 1}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`;
}

function cacheComplaint(body: JsonObject): string | undefined {
  const marks = countField({ ...body, tools: withoutSchemas(body) }, 'cache_control');
  return marks > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.` : undefined;
}

/** Marks are counted on tools, not inside what their arguments may be named. */
function withoutSchemas(body: JsonObject): readonly Json[] {
  return objectsAt(body, 'tools').map((tool) => ({ ...tool, input_schema: {} }));
}
