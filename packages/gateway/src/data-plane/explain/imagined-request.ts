import type { RouteQuestion } from '@turnpike/contract/route-question';
import type { CanonicalRequest, ClientDialectName, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { AgentName } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.ts';

/** In which dialect each agent asks. */
const spokenBy: Readonly<Record<AgentName, ClientDialectName>> = {
  codex: 'responses',
  'claude-code': 'messages',
  'gemini-cli': 'gemini',
  opencode: 'responses',
  'qwen-code': 'chat',
  cursor: 'chat',
  other: 'responses',
};

/** A request that has what the question says of it, and nothing else, in the dialect of the agent that asks. */
export function imaginedRequest(question: RouteQuestion): {
  readonly dialect: ClientDialectName;
  readonly body: JsonObject;
} {
  const { model = '', stream, reasoning_effort: effort } = question;
  const dialect = spokenBy[question.agent ?? 'other'];
  const schema = { type: 'object', properties: { text: { type: 'string' } } };
  const request: CanonicalRequest = {
    model,
    stream,
    items: [{ type: 'message', role: 'user', parts: partsOf(question) }],
    tools: question.tools ? [{ type: 'function', name: 'run', description: 'Runs a command.', schema }] : [],
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    ...(question.structured_output ? { outputFormat: { type: 'json-schema', name: 'answer', schema } } : {}),
  };
  const { body } = dialects[dialect].encodeRequest(request, { model, issuer: '', abilities: {}, quirks: {} });
  // Requests to providers always want a stream.
  return { dialect, body: 'stream' in body ? { ...body, stream } : body };
}

function partsOf({ images, input_tokens: inputTokens }: RouteQuestion): readonly Part[] {
  const text = aToken.repeat(Math.max(1, inputTokens));
  const source = { kind: 'data', mediaType: 'image/png', base64: onePixel } as const;
  return [{ type: 'text', text }, ...(images ? [{ type: 'image', source } as const] : [])];
}

/** A word of three bytes: as many tokens where bytes are counted as where words are. */
const aToken = 'ab ';

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
