import type { ServerResponse } from 'node:http';
import { type LoopbackServer, readVendorRequest, serveLoopback, sseBytes } from '../kit/vendor-server.ts';

/**
 * How a provider answers. `cut`: it breaks off after a word. `silent`: it says nothing, not even a head. `mute`: its head comes, and nothing more.
 * `busy-once`: 503, and from the next request on well.
 */
export type Mood = 'well' | 'cut' | 'silent' | 'mute' | 'busy' | 'busy-once' | 'wrong';

/** Providers behind one address, by the first part of the path, that stream in Chat's dialect. */
export interface MoodVendor extends LoopbackServer {
  /** Those that are not named here are well. */
  readonly moods: Map<string, Mood>;
  /** Who was asked, in order. */
  readonly calls: string[];
  /** Answers that the gateway has left before their end. */
  readonly left: string[];
  /** The part of a configuration that names a provider. */
  provider(name: string, models?: object): object;
}

const delta = (content: string, finish: string | null = null) => ({
  data: JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  }),
});
const usage = { data: JSON.stringify({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 50 } }) };
const start = sseBytes([delta('Hello')]);
const rest = sseBytes([delta(' world'), delta('', 'stop'), usage, { data: '[DONE]' }]);

export async function openMoodVendor(): Promise<MoodVendor> {
  const moods = new Map<string, Mood>();
  const calls: string[] = [];
  const left: string[] = [];

  const server = await serveLoopback(async (incoming, response) => {
    const name = incoming.url?.split('/')[1] ?? '';
    await readVendorRequest(incoming);
    calls.push(name);
    response.on('close', () => {
      if (!response.writableFinished) left.push(name);
    });
    answer(response, moods.get(name) ?? 'well');
    if (moods.get(name) === 'busy-once') moods.delete(name);
  });

  return {
    ...server,
    moods,
    calls,
    left,
    provider: (name, models) => ({
      kind: 'openai-compatible',
      base_url: `${server.origin}/${name}/v1`,
      keys: [{ value: `sk-${name}` }],
      ...(models ? { models } : {}),
    }),
  };
}

function answer(response: ServerResponse, mood: Mood): void {
  switch (mood) {
    case 'silent':
      return;
    case 'busy':
    case 'busy-once':
      return refuse(response, 503);
    case 'wrong':
      return refuse(response, 400);
    default:
      response.writeHead(200, { 'content-type': 'text/event-stream' });
  }
  if (mood === 'mute') return response.flushHeaders();
  if (mood === 'cut') return void response.write(start, () => setImmediate(() => response.destroy()));
  response.end(Buffer.concat([start, rest]));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: 'Not now.', type: 'error' } }));
}
