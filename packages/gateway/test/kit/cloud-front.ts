import type { JsonObject } from '../../src/core/json.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { type LoopbackServer, readVendorRequest, serveLoopback } from './vendor-server.ts';
import type { VendorRequest } from './vendors/vendor.ts';

/** What a cloud makes of a request before its model's vendor gets it. */
export interface Admitted {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** A cloud's door: admits a request or says what is wrong with it. */
export type Door = (request: VendorRequest) => Admitted | string;

/** Starts a cloud in front of a vendor: paths, keys and bodies are the cloud's, what comes back is the vendor's. */
export async function startCloudFront(upstream: ScriptedUpstream, door: Door): Promise<LoopbackServer> {
  return serveLoopback(async (incoming, response) => {
    const request = await readVendorRequest(incoming);
    const admitted = request ? door(request) : 'not a JSON object';
    if (typeof admitted === 'string') {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: admitted } }));
      return;
    }
    const answer = await fetch(upstream.origin + admitted.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...admitted.headers },
      body: JSON.stringify(admitted.body),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  });
}
