import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { chat } from '../chat/index.ts';
import type { Dialect, EncodeTarget } from '../dialect.ts';
import { gemini } from '../gemini/index.ts';
import { responses } from '../responses/index.ts';
import { messages } from './index.ts';

const billing = 'x-anthropic-billing-header: cc_version=2.1.329.181; cc_entrypoint=sdk-cli;';
const search = { name: 'ToolSearch', description: 'Finds tools.', input_schema: { type: 'object', properties: {} } };
const placeholder = {
  name: 'DeferredToolPlaceholder',
  description: 'Reserved placeholder; never call this tool.',
  input_schema: { type: 'object', properties: {} },
  defer_loading: true,
};

/** A request in the middle of a session, as Claude Code writes it. */
const request: JsonObject = {
  model: 'claude-opus-5-5',
  max_tokens: 128_000,
  stream: true,
  system: [
    { type: 'text', text: billing },
    { type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } },
  ],
  tools: [search, { ...search, name: 'CronList', defer_loading: true }, placeholder],
  messages: [
    { role: 'user', content: 'List the jobs.' },
    { role: 'system', content: '# Environment', output_config: { effort: 'medium' } },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'ToolSearch', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'tool_reference', tool_name: 'CronList' }] },
        { type: 'text', text: 'Tool loaded.', cache_control: { type: 'ephemeral' } },
      ],
    },
  ],
};

function target(issuer: string): EncodeTarget {
  return { model: 'm', issuer, abilities: {}, quirks: {} };
}

describe('a request of Claude Code', () => {
  it('comes back whole where it must be rewritten for Anthropic', () => {
    const { body } = messages.encodeRequest(messages.decodeRequest(request), target('anthropic'));
    expect(body).toEqual({ ...request, model: 'm' });
  });

  describe.each<[Dialect, string]>([
    [chat, 'vendor'],
    [gemini, 'google'],
    [responses, 'openai'],
  ])('in another dialect', (dialect, issuer) => {
    const { body, losses } = dialect.encodeRequest(messages.decodeRequest(request), target(issuer));
    const written = JSON.stringify(body);

    it(`begins as every other of its session, without the bill (${dialect.name})`, () => {
      expect(written).toContain('You are an agent.');
      expect(written).not.toContain('billing');
    });

    it(`says that a tool was found, and declares it, but not the placeholder (${dialect.name})`, () => {
      expect(written).toContain('The tool CronList can be called now.');
      expect(written.split('"CronList"').length).toBeGreaterThan(1);
      expect(written).not.toContain('DeferredToolPlaceholder');
      expect(losses.filter((loss) => loss.weight === 'meaning')).toEqual([]);
    });
  });
});
