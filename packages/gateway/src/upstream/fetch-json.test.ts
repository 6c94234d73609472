import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { portOf } from '../../test/kit/vendor-server.ts';
import { createJsonFetcher } from './fetch-json.ts';
import { createHttpUpstream } from './http-upstream.ts';

const upstream = createHttpUpstream();
const fetchJson = createJsonFetcher(upstream);
const answers: Record<string, (response: ServerResponse) => void> = {
  '/good?a=1': (response) => response.end('{"keys":[1]}'),
  '/missing': (response) => response.writeHead(404).end('{}'),
  '/moved': (response) => response.writeHead(302, { location: '/good?a=1' }).end('{}'),
  '/garbage': (response) => response.end('<html>'),
  '/endless': (response) => response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`),
};
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => (answers[request.url ?? ''] ?? (() => response.destroy()))(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(async () => {
  await upstream.close();
  server.close();
  server.closeAllConnections();
});

it('gets a document', async () => {
  expect(await fetchJson(`${origin}/good?a=1`, { allowPrivate: false })).toEqual({ keys: [1] });
});

it.each([
  ['/missing', /answered 404/],
  ['/moved', /answered 302/],
  ['/garbage', /JSON/],
  ['/endless', /more than 1048576 bytes/],
  ['/dropped', /./],
])('rejects %s', async (path, says) => {
  await expect(fetchJson(origin + path, { allowPrivate: false })).rejects.toThrow(says);
});

it('does not go where providers may not be either', async () => {
  const metadata = 'http://169.254.169.254/latest/meta-data';
  await expect(fetchJson(metadata, { allowPrivate: false })).rejects.toMatchObject({ code: 'address-forbidden' });
});
