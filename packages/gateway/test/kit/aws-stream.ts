import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (input) => (typeof input === 'string' ? input : Buffer.from(input).toString('utf8')),
  (input) => Buffer.from(input, 'utf8'),
);

/** An AWS event stream of these events, with the headers that Bedrock gives them. */
export function awsStreamBytes(
  events: readonly { readonly event?: string | undefined; readonly data: string | Buffer }[],
): Buffer {
  return Buffer.concat(events.map(({ event = '', data }) => messageOf(event, Buffer.from(data))));
}

/** One message: an event, or an exception that ends the stream. */
function messageOf(name: string, payload: Buffer): Buffer {
  const type = name.endsWith('Exception') ? 'exception' : 'event';
  const headers: MessageHeaders = {
    [`:${type}-type`]: { type: 'string', value: name },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: type },
  };
  return Buffer.from(codec.encode({ headers, body: payload }));
}
