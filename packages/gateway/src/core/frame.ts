/** One message of a stream, whatever carried it (SSE event, WebSocket message, NDJSON line). */
export interface Frame {
  /** SSE event name, if the wire gave one. */
  readonly event: string | undefined;
  /** Payload bytes. Valid until the next call of whoever produced it: copy to keep. */
  readonly data: Buffer;
}

/** A message to be put on a wire. A `comment` keeps a line alive without being data. */
export type OutFrame = { readonly event?: string; readonly data: string } | { readonly comment: string };
