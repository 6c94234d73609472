import type { CanonicalRequest } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { EncodedRequest, EncodeTarget } from '../dialect.ts';
import { encodeRequest as encodeMessages } from '../messages/request-encoder.ts';
import { createLossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { blocksIn, createBlockEncoder, type BlockEncoder } from './block-encoder.ts';
import { withoutOwnFields } from './foreign-request.ts';
import { traitsOf } from './model-traits.ts';
import { claudeSettings, encodeTier, otherSettings } from './settings-encoder.ts';
import { encodeTools } from './tool-encoder.ts';
import type { ConverseBlock, EncodeScope, MessagesBlock } from './types.ts';

/**
 * Writes a request for Bedrock's Converse API. It is Claude's Messages API in another spelling (roles, blocks, pairs of calls and results,
 * marks of cacheable prefixes), so the request is built there, by its rules for Claude's models, and respelled here.
 * The order of fields is fixed: same input, same bytes. Which model answers, and whether it streams, stands in the URL.
 */
export function encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest {
  const losses = createLossList();
  const traits = traitsOf(target.model);
  const scope: EncodeScope = { target, traits, losses };
  const plain = withoutOwnFields(request, losses);
  const isClaude = traits.family === 'claude';
  const built = encodeMessages(isClaude ? withoutTier(plain) : withoutSettings(plain), target);
  for (const { weight, what, why } of built.losses) losses[weight](what, why);
  const blocks = createBlockEncoder(scope);
  const turns = arrayIn(built.body, 'messages');
  const body: JsonObject = {
    messages: turns.map((turn) => encodeTurn(turn, blocks)),
    ...encodeSystem(blocks.encode(blocksIn(built.body['system']))),
    ...(isClaude ? claudeSettings(built.body, request, scope) : otherSettings(request, scope)),
    ...encodeTools(built.body, calledIn(turns), request.toolChoice, scope),
    ...encodeTier(request, scope),
  };
  return { body: withoutOmitted(body, target, losses), losses: losses.all(), tools: built.tools };
}

/** Tiers have other names here. */
function withoutTier(request: CanonicalRequest): CanonicalRequest {
  const { serviceTier: _, ...rest } = request;
  return rest;
}

/** Only Claude's settings are built there. */
function withoutSettings(request: CanonicalRequest): CanonicalRequest {
  const { reasoning: _, temperature: __, topP: ___, topK: ____, ...rest } = withoutTier(request);
  return rest;
}

function encodeTurn(turn: MessagesBlock, blocks: BlockEncoder): JsonObject {
  const content = blocks.encode(blocksIn(turn['content']));
  return { role: turn['role'], content: withWords(content) };
}

/** A message with a document must hold a text, too. */
function withWords(content: readonly ConverseBlock[]): readonly ConverseBlock[] {
  const isMute = content.some((block) => 'document' in block) && !content.some((block) => 'text' in block);
  return isMute ? [{ text: 'See the document.' }, ...content] : content;
}

function encodeSystem(system: readonly ConverseBlock[]): JsonObject {
  return system.length === 0 ? {} : { system };
}

/** Names of the tools that were called, in order. */
function calledIn(turns: readonly MessagesBlock[]): readonly string[] {
  return turns
    .flatMap((turn) => blocksIn(turn['content']))
    .flatMap(({ type, name }) => (type === 'tool_use' && typeof name === 'string' ? [name] : []));
}

function arrayIn(body: JsonObject, key: string): readonly MessagesBlock[] {
  const value = body[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
