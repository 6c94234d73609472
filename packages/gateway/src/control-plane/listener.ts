import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.ts';
import { createLiteLlmApp } from './litellm/app.ts';
import type { LiteLlmPorts } from './litellm/ports.ts';

/** The control plane as a listener of Node’s own server. */
export function createListener(ports: LiteLlmPorts): (request: IncomingMessage, response: ServerResponse) => void {
  const app = createApp(ports).route('/', createLiteLlmApp(ports));
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => void listener(request, response);
}
