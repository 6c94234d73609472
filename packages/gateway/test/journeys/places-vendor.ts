import { readVendorRequest, serveLoopback } from '../kit/vendor-server.ts';

/** Many providers at one address, told apart by the first segment of their paths. All of them speak Chat Completions and take anything. */
export interface PlacesVendor {
  /** Every call that came, in order. */
  readonly calls: { readonly provider: string; readonly path: string; readonly model: string }[];
  /** How providers answer. Those that are not named here are well. */
  readonly moods: Map<string, PlaceMood>;
  /** A provider of that name, as a configuration has it. */
  entry(name: string): { readonly kind: 'openai-compatible'; readonly base_url: string; readonly keyless: true };
  stop(): Promise<void>;
}

interface PlaceMood {
  readonly status: number;
  readonly error: { readonly message: string; readonly type: string; readonly code?: string };
}

const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
const completion = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage,
};

export async function openPlacesVendor(): Promise<PlacesVendor> {
  const calls: PlacesVendor['calls'] = [];
  const moods = new Map<string, PlaceMood>();
  const server = await serveLoopback(async (incoming, response) => {
    const url = incoming.url ?? '/';
    const [, provider = '', ...rest] = url.split('/');
    const request = await readVendorRequest(incoming);
    const model = request?.body['model'];
    calls.push({ provider, path: `/${rest.join('/')}`, model: typeof model === 'string' ? model : '' });
    const { status, error } = moods.get(provider) ?? { status: 200, error: undefined };
    if (status === 200 && request?.body['stream'] === true) {
      const chunk = { ...completion, choices: [{ index: 0, delta: { content: 'Hi.' }, finish_reason: 'stop' }] };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(error ? { error } : completion));
  });
  return {
    calls,
    moods,
    entry: (name) => ({ kind: 'openai-compatible', base_url: `${server.origin}/${name}/v1`, keyless: true }),
    stop: server.stop,
  };
}
