import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf, readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type LoopbackServer, serveLoopback } from '../kit/vendor-server.ts';
import { dialectNames, goodRequest } from './doors.ts';
import { type House, openHouse } from './house.ts';

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const stream = [chunk({ role: 'assistant', content: 'Fine.' }), chunk({}, 'stop'), 'data: [DONE]\n\n'].join('');
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
});

let calls = 0;
let server: LoopbackServer;
let house: House;

/** The first part of the path says how the server answers. */
beforeAll(async () => {
  server = await serveLoopback(async (request, response) => {
    calls += 1;
    const [, mood = ''] = (request.url ?? '').split('/');
    let body = '';
    for await (const part of request) body += String(part);
    const streams = body.includes('"stream":true');
    if (mood === 'moved') {
      response.writeHead(308, { location: 'https://elsewhere.example/v1/chat/completions?token=secret' }).end();
      return;
    }
    const type = mood === 'plain' ? { 'content-type': 'text/plain' } : {};
    response.writeHead(200, type).end(streams ? stream : whole);
  });
  const provider = (mood: string) => ({
    kind: 'openai-compatible',
    base_url: `${server.origin}/${mood}`,
    speaks: ['chat' as const],
    keyless: true,
  });
  house = await openHouse({
    providers: { moved: provider('moved'), plain: provider('plain'), nameless: provider('nameless') },
    models: { rescued: { targets: ['moved/m'], fallbacks: ['plain/m'] } },
  });
});

afterAll(async () => {
  await house.stop();
  await server.stop();
});

async function ask(dialect: (typeof dialectNames)[number], model: string, streams: boolean) {
  const { path, body } = goodRequest(dialect, model, streams);
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify(body),
  });
  return readTold(answer);
}

describe.each(dialectNames)('through the door for %s', (dialect) => {
  it.each(['plain', 'nameless'])(
    'a stream that a server calls %s is read as the stream that was asked for',
    async (mood) => {
      const told = await ask(dialect, `${mood}/m`, true);
      expect({ status: told.status, text: textOf(dialect, told) }).toEqual({ status: 200, text: 'Fine.' });
      expect((await ask(dialect, `${mood}/m`, false)).text).toContain('Fine.');
    },
  );

  it('a redirect is told as what it is, asked for once, and its secrets stay here', async () => {
    const before = calls;
    const told = await ask(dialect, 'moved/m', false);
    expect(calls).toBe(before + 1);
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.text).toContain('its base_url is wrong');
    expect(told.text).toContain('https://elsewhere.example/v1/chat/completions');
    expect(told.text).not.toContain('secret');
  });

  it('and another deployment may still answer', async () => {
    expect((await ask(dialect, 'rescued', false)).text).toContain('Fine.');
  });
});
