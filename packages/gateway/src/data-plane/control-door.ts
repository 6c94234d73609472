import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where requests leave for the sockets for people. */
export interface ControlDoor {
  /** Whether a path belongs to them. */
  takes(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
