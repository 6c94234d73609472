import type { IncomingHttpHeaders } from 'node:http';

/** What may stand in a Host header: a name or an address, and a port. Anything else does not come from a browser or a shell. */
const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** What is looked at of a request. */
interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly localPort?: number | undefined };
}

/**
 * Where the caller reaches this gateway, for instructions that it will copy. The Host header is the caller's word, so it is checked to hold
 * nothing but a host; a proxy that ends TLS says so in `x-forwarded-proto`.
 */
export function ownOrigin(request: Caller): string {
  const { host } = request.headers;
  const scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  if (host !== undefined && hostForm.test(host)) return `${scheme}://${host}`;
  return `http://127.0.0.1:${request.socket.localPort ?? 8080}`;
}
