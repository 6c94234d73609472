import { afterAll, beforeAll, expect, it } from 'vitest';
import { testKey } from '../kit/gateway-process.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type House, openHouse } from './house.ts';

let claude: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  claude = await startUpstream({ dialect: 'messages', script: () => ({ text: 'There is a.txt.' }) });
  const keys = [{ value: 'sk-upstream' }];
  house = await openHouse({
    providers: { claude: { kind: 'anthropic', base_url: claude.baseUrl, keys } },
    models: { coder: { targets: ['claude/claude-sonnet-4-5'] } },
  });
});

afterAll(async () => {
  await house.stop();
  await claude.stop();
});

const schema = { type: 'object', properties: { cmd: { type: 'string' } } };
/** A turn that a model without thoughts has begun, as Claude Code goes on with it when Claude is well again. */
const request = {
  model: 'coder',
  max_tokens: 32_000,
  thinking: { type: 'enabled', budget_tokens: 10_000 },
  context_management: {
    edits: [{ type: 'clear_thinking_20251015', keep: 'all' }, { type: 'clear_tool_uses_20250919' }],
  },
  tools: [{ name: 'run', description: 'Runs a command', input_schema: schema }],
  messages: [
    { role: 'user', content: 'Which files are there?' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'run', input: { cmd: 'ls' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }] },
  ],
};

it('a tool loop that was begun without thoughts goes on at Claude without them', async () => {
  const answer = await fetch(`${house.origin}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': testKey, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(request),
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('There is a.txt.');
  const [refused, served] = claude.requests;
  expect(refused?.refusal?.message).toContain('must start with a thinking block');
  expect(served?.refusal).toBeUndefined();
  const { thinking, context_management: management } = served?.body ?? {};
  expect({ thinking, management }).toEqual({ management: { edits: [{ type: 'clear_tool_uses_20250919' }] } });
  expect(served?.conversation.turns).toEqual(refused?.conversation.turns);
  const record = await house.recordOf(() => true);
  expect(record.attempts.map(({ failure }) => failure?.code)).toEqual(['upstream-seal-refused', undefined]);
});
