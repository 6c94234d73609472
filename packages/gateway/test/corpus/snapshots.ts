import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import type { Frame } from '../../src/core/frame.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { EncodeContext, EncodeTarget } from '../../src/dialects/dialect.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { encodeSseFrame } from '../../src/wire/sse-encoder.ts';
import { decodeFrames, emptyRequest, encodeContext } from '../kit/dialect-kit.ts';

/** A request as a provider gets it: what was lost on the way first, as a reader wants to know that first. */
export function requestSnapshot(
  client: ClientDialectName,
  body: JsonObject,
  to: { readonly dialect: DialectName; readonly target: EncodeTarget },
): string {
  const encoded = providerDialects[to.dialect].encodeRequest(dialects[client].decodeRequest(body), to.target);
  const losses = encoded.losses.map(({ weight, what, why }) => `${weight}: ${what} (${why})`);
  const refused = encoded.losses.some(({ weight }) => weight === 'meaning');
  const told = {
    ...(refused ? { refused: 'meaning would be lost: this goes to another provider, or back to the caller' } : {}),
    losses,
    ...(encoded.headers ? { headers: encoded.headers } : {}),
    body: encoded.body,
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/** A streamed answer as a client gets it, byte for byte. */
export function replySnapshot(provider: DialectName, frames: readonly Frame[], client: ClientDialectName): string {
  const encoder = dialects[client].createReplyEncoder(curiousContext());
  return decodeFrames(providerDialects[provider], frames)
    .flatMap((event) => encoder.push(event))
    .map(encodeSseFrame)
    .join('');
}

/** Of a client that asked for thoughts and counts: some dialects give them only then. */
export function curiousContext(): EncodeContext {
  const context = encodeContext();
  return { ...context, request: { ...(context.request ?? emptyRequest), reasoning: { summary: 'auto' } } };
}
