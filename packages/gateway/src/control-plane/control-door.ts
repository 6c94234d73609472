import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlDoor } from '../data-plane/control-door.ts';
import { isLiteLlmPath } from './litellm/paths.ts';
import type { LiteLlmPorts } from './litellm/ports.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** What serves people is loaded when the first of them comes, so that serving agents starts no later for it. */
export function createControlDoor(ports: LiteLlmPorts, isOn: () => boolean): ControlDoor {
  let loading: Promise<Listener> | undefined;
  return {
    takes: (path) => (path === '/api' || path.startsWith('/api/') || isLiteLlmPath(path)) && isOn(),
    async handle(request, response) {
      loading ??= import('./listener.ts').then(({ createListener }) => createListener(ports));
      (await loading)(request, response);
    },
  };
}
