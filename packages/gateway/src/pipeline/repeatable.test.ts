import { expect, it } from 'vitest';
import type { ClientDialectName } from '../core/items.ts';
import { dialects } from '../dialects/registry.ts';
import { peekObject } from '../wire/peek.ts';
import { isRepeatable } from './repeatable.ts';

function isAskedTwice(dialect: ClientDialectName, body: object): boolean {
  const kept = peekObject(Buffer.from(JSON.stringify(body)));
  const unused = () => {
    throw new TypeError('nobody needs the whole request');
  };
  const unneeded = { canonical: unused, written: unused, forget: unused };
  const envelope = { model: 'm', stream: true, bodyBytes: 0, peek: () => kept, ...unneeded };
  return isRepeatable({ dialect: dialects[dialect], envelope });
}

it.each([
  ['responses', { input: 'Hello' }, true],
  ['responses', { input: 'Hello', store: true, previous_response_id: 'resp_1' }, true],
  ['responses', { input: 'Hello', background: false, conversation: null }, true],
  ['responses', { input: 'Hello', background: true }, false],
  ['responses', { input: 'Hello', conversation: 'conv_1' }, false],
  ['responses', { input: 'Hello', tools: [{ type: 'function', name: 'mcp' }, { type: 'web_search' }] }, true],
  ['responses', { input: 'Hello', tools: [{ type: 'mcp', server_url: 'https://tools.example' }] }, false],
  ['messages', { messages: [], tools: [{ name: 'read', input_schema: {} }] }, true],
  ['messages', { messages: [], mcp_servers: [{ type: 'url', url: 'https://tools.example' }] }, false],
  ['chat', { messages: [] }, true],
  ['gemini', { contents: [] }, true],
] as const)('whether %s may be asked twice: %j', (dialect, body, expected) => {
  expect(isAskedTwice(dialect, body)).toBe(expected);
});
