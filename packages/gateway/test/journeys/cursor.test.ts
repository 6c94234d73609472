import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { arrayAt, objectAt, objectsAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { everyone, type House, openHouse } from './house.ts';

const script = playScenes({
  cue: 'Read it.',
  answers: [
    { text: 'I read.', calls: [{ name: 'Read', input: { path: 'a.txt' } }] },
    { text: 'It says one.', usage: { input: 50, output: 5 } },
  ],
});

let chat: ScriptedUpstream;
let claude: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  chat = await startUpstream({ dialect: 'chat', script });
  claude = await startUpstream({ dialect: 'messages', script });
  const keys = [{ value: 'sk-upstream' }];
  house = await openHouse({
    providers: {
      vendor: { kind: 'openai-compatible', base_url: chat.baseUrl, keys },
      claude: { kind: 'anthropic', base_url: claude.baseUrl, keys },
    },
    virtual_keys: [everyone],
  });
});

afterAll(async () => {
  await house.stop();
  await Promise.all([chat.stop(), claude.stop()]);
});

/** As Cursor writes it: a Responses body, and an option of Chat's stream. */
function asked(model: string, more: readonly object[] = [], stream = true) {
  return {
    model,
    stream,
    store: false,
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'Read it.' }] }, ...more],
    tools: [
      { type: 'function', name: 'Read', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
    ],
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'medium', summary: 'auto' },
    text: { verbosity: 'low' },
    ...(stream ? { stream_options: { include_usage: true } } : {}),
  };
}

async function post(body: object): Promise<string> {
  const answer = await fetch(`${house.origin}/cursor/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.text();
}

const chunksOf = (stream: string) =>
  stream.split('\n\n').flatMap((frame) => {
    const value = parseJson(frame.replace(/^data: /, ''));
    return isJsonObject(value) ? [value] : [];
  });

describe.each(['vendor/model', 'claude/claude-sonnet-4-5'])(
  'a Responses request at the address of Chat, for %s',
  (model) => {
    it('is answered in Chat’s own chunks, calls and usage too', async () => {
      const chunks = chunksOf(await post(asked(model)));
      const choices = chunks.flatMap((chunk) => objectsAt(chunk, 'choices'));
      const calls = choices.flatMap((choice) => objectsAt(objectAt(choice, 'delta'), 'tool_calls'));
      expect(calls[0]).toMatchObject({ type: 'function', function: { name: 'Read' } });
      expect(choices.at(-1)).toMatchObject({ finish_reason: 'tool_calls' });
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    });

    it('goes on after the tool has answered', async () => {
      const call = { type: 'function_call', call_id: 'call_1', name: 'Read', arguments: '{"path":"a.txt"}' };
      const result = { type: 'function_call_output', call_id: 'call_1', output: 'one' };
      const told = parseJson(await post(asked(model, [call, result], false)));
      const [choice] = arrayAt(told, 'choices');
      expect(choice).toMatchObject({ message: { role: 'assistant', content: 'It says one.' }, finish_reason: 'stop' });
      expect([...chat.complaints, ...claude.complaints]).toEqual([]);
    });
  },
);
