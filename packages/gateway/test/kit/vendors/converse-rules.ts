import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { countField } from './rules.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../json-access.ts';
import { redactedContent } from './messages-rules.ts';
import type { Mint } from './mint.ts';
import { firstIn, firstOf, repeated, strangeField, words } from './rules.ts';
import type { Refusal, VendorRequest } from './vendor.ts';

const requestFields = words(`
  messages system inferenceConfig toolConfig guardrailConfig additionalModelRequestFields promptVariables
  additionalModelResponseFieldPaths requestMetadata performanceConfig serviceTier outputConfig
`);

const blockFields: Readonly<Record<string, readonly string[]>> = {
  image: ['format', 'source'],
  document: ['format', 'name', 'source', 'context', 'citations'],
  toolUse: ['toolUseId', 'name', 'input'],
  toolResult: ['toolUseId', 'content', 'status'],
  reasoningContent: ['reasoningText', 'redactedContent'],
  cachePoint: ['type', 'ttl'],
};

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/** The model and whether to stream: both stand in the path. An id is one segment. */
export function modelAndStream({ path }: VendorRequest): { model: string; stream: boolean } | undefined {
  const [, model, operation] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path) ?? [];
  return model === undefined
    ? undefined
    : { model: decodeURIComponent(model), stream: operation === 'converse-stream' };
}

/** What Bedrock answers 400 or 403 to, by its API reference and as users report it. */
export function refuseConverse({ headers, body }: VendorRequest, mint: Mint): Refusal | undefined {
  const { authorization = '' } = headers;
  if (!/^(Bearer \S|AWS4-HMAC-SHA256 Credential=)/.test(authorization))
    return { status: 403, message: 'Missing Authentication Token' };
  const messages = objectsAt(body, 'messages');
  const complaint = firstOf(
    () => fieldsComplaint(body),
    () => toolsComplaint(body),
    () => rolesComplaint(messages),
    () => firstIn(messages, (message, at) => contentComplaint(message, at, mint)),
    () => firstIn(messages, (message, at) => pairingComplaint(message, messages[at + 1], messages[at - 1])),
    () => cacheComplaint(body),
    () => documentsComplaint(messages),
  );
  return complaint === undefined ? undefined : { status: 400, message: complaint };
}

function fieldsComplaint(body: JsonObject): string | undefined {
  const strange = strangeField(body, requestFields);
  if (strange !== undefined) return `Unexpected field type: ${strange}`;
  const inference = objectAt(body, 'inferenceConfig');
  const odd = strangeField(inference, ['maxTokens', 'temperature', 'topP', 'stopSequences']);
  if (odd !== undefined) return `Unexpected field type: inferenceConfig.${odd}`;
  if (numberAt(inference, 'temperature') > 1)
    return 'Value at inferenceConfig.temperature failed to satisfy constraint: Member must have value less than or equal to 1';
  const blankSystem = objectsAt(body, 'system').some((block) => block['text'] !== undefined && isBlank(block));
  return blankSystem ? 'The text field in the SystemContentBlock is blank. Add text to the text field.' : undefined;
}

function isBlank(block: JsonObject): boolean {
  return textAt(block, 'text').trim() === '';
}

function toolsComplaint(body: JsonObject): string | undefined {
  const used = countField(body['messages'], 'toolUse') + countField(body['messages'], 'toolResult');
  if (body['toolConfig'] === undefined) {
    const told = 'The toolConfig field must be defined when using toolUse and toolResult content blocks.';
    return used > 0 ? told : undefined;
  }
  const specs = objectsAt(objectAt(body, 'toolConfig'), 'tools').filter((tool) => tool['toolSpec'] !== undefined);
  if (specs.length === 0) return 'toolConfig.tools failed to satisfy constraint: Member must have length of at least 1';
  const names = specs.map((tool) => textAt(objectAt(tool, 'toolSpec'), 'name'));
  if (repeated(names) !== undefined) return `The tool ${repeated(names)} is already defined`;
  return firstIn(specs, (tool) => {
    const spec = objectAt(tool, 'toolSpec');
    const strange = strangeField(spec, ['name', 'description', 'inputSchema', 'strict']);
    if (strange !== undefined) return `Unexpected field type: toolSpec.${strange}`;
    if (!namePattern.test(textAt(spec, 'name'))) return `toolSpec.name ${textAt(spec, 'name')} is not allowed`;
    if (spec['description'] === '') return 'toolSpec.description must have length of at least 1';
    const type = textAt(objectAt(objectAt(spec, 'inputSchema'), 'json'), 'type');
    return type === 'object' ? undefined : 'The value at toolSpec.inputSchema.json.type must be one of: object.';
  });
}

function rolesComplaint(messages: readonly JsonObject[]): string | undefined {
  const roles = messages.map((message) => textAt(message, 'role'));
  if (roles[0] !== 'user')
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.';
  const same = roles.some((role, at) => at > 0 && role === roles[at - 1]);
  if (same) return 'messages: roles must alternate between "user" and "assistant"';
  return roles.some((role) => role !== 'user' && role !== 'assistant') ? 'unknown role' : undefined;
}

function contentComplaint(message: JsonObject, at: number, mint: Mint): string | undefined {
  const blocks = objectsAt(message, 'content');
  const place = `messages.${at}`;
  if (blocks.length === 0) return `The content field in the Message object at ${place} is empty.`;
  const mute = blocks.some((block) => 'document' in block) && !blocks.some((block) => 'text' in block);
  if (mute) return `${place}: a message that includes a document must include a text field`;
  return firstIn(blocks, (block, index) => {
    const [kind = '', ...more] = Object.keys(block);
    if (more.length > 0) return `${place}.content.${index}: a union has exactly one member`;
    if (kind === 'text') return isBlank(block) ? `The text field in the ContentBlock at ${place} is blank.` : undefined;
    return blockComplaint(kind, objectAt(block, kind), mint);
  });
}

function blockComplaint(kind: string, block: JsonObject, mint: Mint): string | undefined {
  const allowed = blockFields[kind];
  const strange = allowed && strangeField(block, allowed);
  if (!allowed || strange !== undefined) return `Unexpected field type: ${kind}.${strange ?? ''}`;
  if (kind === 'toolUse') return callComplaint(block);
  if (kind === 'reasoningContent') return thoughtComplaint(block, mint);
  if (kind === 'image') return imageComplaint(block);
  if (kind === 'document' && !/^[A-Za-z0-9()[\]-]+( [A-Za-z0-9()[\]-]+)*$/.test(textAt(block, 'name')))
    return `The document file name ${textAt(block, 'name')} is not allowed`;
  const empty = kind === 'toolResult' && objectsAt(block, 'content').length === 0;
  return empty ? 'toolResult.content is empty' : undefined;
}

function callComplaint(use: JsonObject): string | undefined {
  if (!namePattern.test(textAt(use, 'toolUseId'))) return `toolUseId ${textAt(use, 'toolUseId')} is not allowed`;
  if (!namePattern.test(textAt(use, 'name'))) return `toolUse.name ${textAt(use, 'name')} is not allowed`;
  return isJsonObject(use['input'])
    ? undefined
    : 'The format of the value at toolUse.input is invalid. Provide a json object';
}

function imageComplaint(image: JsonObject): string | undefined {
  if (!['png', 'jpeg', 'gif', 'webp'].includes(textAt(image, 'format'))) return 'image.format is not allowed';
  return textAt(objectAt(image, 'source'), 'bytes') === '' ? 'image.source.bytes is empty' : undefined;
}

function thoughtComplaint(thought: JsonObject, mint: Mint): string | undefined {
  const { redactedContent: redacted } = thought;
  const told = objectAt(thought, 'reasoningText');
  const opens =
    typeof redacted === 'string'
      ? mint.opens(redacted, redactedContent)
      : mint.opens(textAt(told, 'signature'), textAt(told, 'text'));
  return opens ? undefined : 'Invalid `signature` in `thinking` block';
}

function pairingComplaint(
  message: JsonObject,
  next: JsonObject | undefined,
  before: JsonObject | undefined,
): string | undefined {
  const uses = idsOf(message, 'toolUse');
  const results = idsOf(next, 'toolResult');
  if (repeated([...uses]) !== undefined) return 'The toolUse blocks contain duplicate Ids';
  const missing = uses.filter((id) => !results.includes(id));
  if (missing.length > 0) return `Expected toolResult blocks for the following Ids: ${missing.join(', ')}`;
  const called = idsOf(before, 'toolUse');
  const stray = idsOf(message, 'toolResult').find((id) => !called.includes(id));
  return stray === undefined
    ? undefined
    : `The number of toolResult blocks exceeds the number of toolUse blocks of previous turn: ${stray}`;
}

function idsOf(message: JsonObject | undefined, kind: string): readonly string[] {
  return objectsAt(message, 'content').flatMap((block) => {
    return block[kind] === undefined ? [] : [textAt(objectAt(block, kind), 'toolUseId')];
  });
}

function cacheComplaint(body: JsonObject): string | undefined {
  const points = countField({ messages: body['messages'], system: body['system'] }, 'cachePoint');
  const onTools = objectsAt(objectAt(body, 'toolConfig'), 'tools').filter((tool) => 'cachePoint' in tool).length;
  return points + onTools > 4
    ? `A maximum of 4 cachePoint blocks may be provided. Found ${points + onTools}.`
    : undefined;
}

function documentsComplaint(messages: readonly JsonObject[]): string | undefined {
  const names = messages.flatMap((message) =>
    objectsAt(message, 'content').flatMap((block) =>
      'document' in block ? [textAt(objectAt(block, 'document'), 'name')] : [],
    ),
  );
  const twice = repeated(names);
  return twice === undefined
    ? undefined
    : `The model returned the following errors: duplicate document file name ${twice}`;
}
