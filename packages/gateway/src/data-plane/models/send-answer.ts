import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelsAnswer } from './models-desk.ts';

/** Sends an answer about models, or word that the one that the client has is still right. It is for this caller only. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, { body, etag }: ModelsAnswer): void {
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (names(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const kind = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
  response.writeHead(200, { ...headers, ...kind }).end(request.method === 'HEAD' ? undefined : body);
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match */
function names(condition: string | undefined, etag: string): boolean {
  const tags = condition?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
