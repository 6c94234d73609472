import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capturesDir } from '../../../test/kit/shared-data.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { messages } from './index.ts';

const target: EncodeTarget = { model: 'claude-opus-4-8', issuer: 'anthropic', abilities: {}, quirks: {} };

function roundTrip(body: JsonObject): JsonObject {
  return messages.encodeRequest(messages.decodeRequest(body), target).body;
}

function same(body: JsonObject): JsonObject {
  return { ...body, model: target.model, stream: true };
}

const rich: JsonObject = {
  model: 'claude-x',
  max_tokens: 1000,
  stream: false,
  system: 'Be brief.',
  temperature: 0.3,
  top_k: 4,
  stop_sequences: ['END'],
  service_tier: 'standard_only',
  metadata: { user_id: 'u_session_01234567-89ab-cdef-0123-456789abcdef' },
  thinking: { type: 'adaptive', display: 'omitted' },
  output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
  context_management: { edits: [] },
  betas: ['a-beta'],
  tool_choice: { type: 'tool', name: 'web_search', disable_parallel_tool_use: true },
  tools: [
    { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
    { type: 'custom', name: 'read', description: '', input_schema: { type: 'object' }, defer_loading: true },
    { type: 'bash_20250124', name: 'bash', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } },
    { name: 'look', input_schema: { anyOf: [] }, strict: true, cache_control: { type: 'ephemeral' } },
  ],
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'system', content: 'Now be verbose.', output_config: { effort: 'high' } },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'ZGF0YQ' },
        { type: 'text', text: 'Looking.', citations: null },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
        { type: 'compaction', content: 'so far' },
        { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'a' }, caller: { type: 'direct' } },
        { type: 'tool_use', id: 'toolu_2', name: 'read', input: {}, cache_control: { type: 'ephemeral', ttl: '5m' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_2', content: 'two', is_error: false },
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [
            { type: 'text', text: 'one' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'tool_reference', tool_name: 'look' },
          ],
        },
        { type: 'text', text: 'See this', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
        {
          type: 'document',
          title: 'a.txt',
          source: { type: 'text', media_type: 'text/plain', data: 'größer' },
          citations: { enabled: true },
        },
        { type: 'document', source: { type: 'file', file_id: 'file_1' }, context: 'c' },
      ],
    },
  ],
};

/** What was thrown, unless it was a Failure. */
function defectOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Failure ? undefined : thrown;
  }
}

describe('a request of this dialect', () => {
  it('comes out as it went in, with every kind of block and field', () => {
    expect(roundTrip(rich)).toEqual(same(rich));
  });

  it('is read into canonical names', () => {
    const request = messages.decodeRequest(rich);
    expect(request).toMatchObject({
      model: 'claude-x',
      stream: false,
      maxOutputTokens: 1000,
      temperature: 0.3,
      topK: 4,
      stop: ['END'],
      serviceTier: 'default',
      cacheKey: '01234567-89ab-cdef-0123-456789abcdef',
      parallelToolCalls: false,
      toolChoice: { mode: 'hosted', tool: 'web_search' },
      reasoning: { effort: 'low', summary: 'none' },
      outputFormat: { type: 'json-schema', schema: { type: 'object' } },
    });
    expect(request.items.map((item) => item.type)).toEqual([
      'message',
      'message',
      'message',
      'reasoning',
      'reasoning',
      'message',
      'hosted-call',
      'message',
      'tool-call',
      'tool-call',
      'tool-result',
      'tool-result',
      'message',
    ]);
  });

  it('is refused with the path of what is wrong', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 7 }] }] };
    expect(() => messages.decodeRequest(body)).toThrow(
      '`messages[0].content[0].text` must be a string, but it is a number',
    );
    expect(() => messages.decodeRequest({ model: 'm' })).toThrow('`messages` must be an array, but it is missing');
    expect(() => messages.decodeRequest({ model: 'm', messages: [{ role: 'bot', content: '' }] })).toThrow('role');
  });

  it('is never a defect, whatever is wrong with it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('type', 'content', 'name', 'tool_use_id', 'text'), fc.jsonValue()),
        (odd) => {
          const block: JsonObject = JSON.parse(JSON.stringify(odd));
          const body = {
            model: 'm',
            messages: [{ role: 'user', content: [block] }],
            tools: [block],
            tool_choice: block,
          };
          expect(defectOf(() => messages.decodeRequest(body))).toBeUndefined();
        },
      ),
    );
  });

  it.skipIf(!capturesDir)('comes out as it went in for every captured client (skipped: no captures)', () => {
    const names = readdirSync(capturesDir ?? '').filter((name) => /^(claude-code|opencode-anthropic)/.test(name));
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      const capture = parseJson(readFileSync(join(capturesDir ?? '', name), 'utf8'));
      const body = isJsonObject(capture) && isJsonObject(capture['body']) ? capture['body'] : {};
      expect({ name, body: roundTrip(body) }).toEqual({ name, body: same(body) });
    }
  });
});
