import type { Frame } from '../../src/core/frame.ts';
import type { ClientDialectName, DialectName, Item } from '../../src/core/items.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Failure } from '../../src/core/failure.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { foldReply } from '../../src/dialects/shared/reply.ts';
import { decodeFrames, framesOf } from '../kit/dialect-kit.ts';
import type { CorpusTarget } from './corpus.ts';
import { curiousContext } from './snapshots.ts';

/** What a provider is sent, in a line: how much of everything, and what was lost. */
export function requestGist(client: ClientDialectName, body: JsonObject, to: CorpusTarget): string {
  const encoded = providerDialects[to.dialect].encodeRequest(dialects[client].decodeRequest(body), to.target);
  const sizes = Object.entries(encoded.body).flatMap(([key, value]) =>
    Array.isArray(value) ? [`${value.length} ${key}`] : [],
  );
  const losses = encoded.losses.map(({ weight, what }) => (weight === 'meaning' ? `MEANING ${what}` : what));
  return `${sizes.join(', ')}; loses ${losses.toSorted().join(', ') || 'nothing'}`;
}

/** What a client gets, in a line, read with the client's own eyes: each item, how it ended, and what was counted. */
export function replyGist(provider: DialectName, frames: readonly Frame[], client: ClientDialectName): string {
  const encoder = dialects[client].createReplyEncoder(curiousContext());
  const events = decodeFrames(providerDialects[provider], frames);
  const written = framesOf(events.flatMap((event) => encoder.push(event)));
  const reply = foldReply(decodeFrames(dialects[client], written));
  if (reply instanceof Failure) return `failed: ${reply.code}`;
  const { items, stop, usage } = reply;
  const counted = usage ? `${usage.inputTokens} in, ${usage.outputTokens} out` : 'nothing counted';
  return `${items.map(itemGist).join(', ') || 'nothing'}; ${stop}; ${counted}`;
}

function itemGist(item: Item): string {
  switch (item.type) {
    case 'message':
      return `${item.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0)} characters`;
    case 'tool-call':
      return `calls ${item.tool.name}`;
    case 'reasoning':
      return item.seal ? 'sealed thoughts' : 'thoughts';
    case 'hosted-call':
      return `had ${item.tool} run`;
    default:
      return item.type;
  }
}
