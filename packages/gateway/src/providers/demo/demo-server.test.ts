import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capturesDir } from '../../../test/kit/shared-data.ts';
import { demoCommand } from './demo-call.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';

let demo: DemoServer;
beforeAll(async () => {
  demo = await startDemoServer();
});
afterAll(() => demo.close());

const send = (path: string, body: unknown) =>
  fetch(demo.baseUrl + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

/** The JSON data of every frame of a stream. */
async function framesOf(answer: Response): Promise<readonly Record<string, unknown>[]> {
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: {'));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

const codexTool = {
  type: 'function',
  name: 'exec_command',
  parameters: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
};

describe('the demo server', () => {
  it('streams responses with text, one call and one terminal event', async () => {
    const answer = await send('/responses', { model: 'm', stream: true, input: 'hi', tools: [codexTool] });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const frames = await framesOf(answer);
    expect(frames.filter((frame) => frame['type'] === 'response.output_text.delta').length).toBeGreaterThan(5);
    const items = frames.filter((frame) => frame['type'] === 'response.output_item.done').map((frame) => frame['item']);
    expect(items).toMatchObject([
      { type: 'message', role: 'assistant' },
      { type: 'function_call', name: 'exec_command', arguments: JSON.stringify({ cmd: demoCommand }) },
    ]);
    expect(frames.filter((frame) => frame['type'] === 'response.completed')).toHaveLength(1);
    expect(frames.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { usage: { input_tokens_details: {} } },
    });
  });

  it('streams chat completions', async () => {
    const { parameters, name } = codexTool;
    const answer = await send('/chat/completions', {
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ type: 'function', function: { name, parameters } }],
    });
    const text = await answer.text();
    expect(text).toContain('Turnpike');
    expect(text).toContain('"exec_command"');
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('answers whole where no stream is asked for', async () => {
    const responses = await (await send('/responses', { model: 'm', input: 'hi' })).json();
    expect(responses).toMatchObject({ object: 'response', status: 'completed', model: 'm' });
    const chat = await (
      await send('/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'hi' }] })
    ).json();
    expect(chat).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
  });

  it('refuses what it cannot read, and operations it does not have', async () => {
    for (const body of ['not json', '[]', { model: 5 }]) expect((await send('/responses', body)).status).toBe(400);
    expect((await send('/embeddings', {})).status).toBe(404);
    expect((await fetch(`${demo.baseUrl}/responses`)).status).toBe(404);
  });

  it.skipIf(!capturesDir)('answers every captured request of Codex (skipped: no captures)', async () => {
    const folder = capturesDir ?? '';
    const files = readdirSync(folder).filter((name) => /^codex-(default|gpt|req|toolset)/.test(name));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const { body } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const frames = await framesOf(await send('/responses', body));
      expect(frames.at(-1)).toMatchObject({ type: 'response.completed' });
    }
  });
});
