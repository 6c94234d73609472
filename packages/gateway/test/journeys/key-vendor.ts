import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { testKey } from '../kit/gateway-process.ts';
import { readVendorRequest, serveLoopback } from '../kit/vendor-server.ts';
import type { House } from './house.ts';

/** A vendor that treats its keys differently, and knows who came with which. */
export interface KeyVendor {
  readonly origin: string;
  /** How keys are received. Those that are not named here are served. */
  readonly moods: Map<string, KeyMood>;
  /** Every call that came: its key, whose it was, and which model it asked. */
  readonly calls: { readonly key: string; readonly session: string; readonly model: string }[];
  /** The most that ran at a time, by key. */
  readonly mostAtOnce: Map<string, number>;
  stop(): Promise<void>;
}

interface KeyMood {
  readonly status: number;
  readonly retryAfterS?: number;
}

const completion = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

const textIn = (value: unknown) => (typeof value === 'string' ? value : '');

/** Starts one. `pause` is awaited inside each answer. */
export async function openKeyVendor(pause: () => Promise<void> = async () => undefined): Promise<KeyVendor> {
  const [moods, running, mostAtOnce] = [
    new Map<string, KeyMood>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const calls: { key: string; session: string; model: string }[] = [];
  const server = await serveLoopback(async (incoming, response) => {
    const request = await readVendorRequest(incoming);
    const key = (incoming.headers.authorization ?? '').replace('Bearer ', '');
    calls.push({ key, session: textIn(request?.body['user']), model: textIn(request?.body['model']) });
    const now = (running.get(key) ?? 0) + 1;
    running.set(key, now);
    mostAtOnce.set(key, Math.max(now, mostAtOnce.get(key) ?? 0));
    await pause();
    running.set(key, (running.get(key) ?? 0) - 1);
    const { status, retryAfterS } = moods.get(key) ?? { status: 200 };
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    });
    response.end(JSON.stringify(status === 200 ? completion : { error: { message: 'Not today.', type: 'error' } }));
  });
  return { origin: server.origin, moods, calls, mostAtOnce, stop: server.stop };
}

/** Asks as a session does, and gives the record. */
export async function askAs(house: House, session: string, model = 'coder'): Promise<ExchangeRecord> {
  const answer = await fetch(`${house.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, 'session-id': session },
    body: JSON.stringify({ model, user: session, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.text();
  return house.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
}
