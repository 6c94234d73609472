import type { ReplyEvent } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { CanonicalRequest, CompactionItem, Item } from '../core/items.ts';
import type { Mutable } from '../core/mutable.ts';
import type { ReplyDecoder } from '../dialects/dialect.ts';
import { declaredTools } from '../dialects/shared/tool-table.ts';
import { summaryPrompt } from './compaction-texts.ts';
import { handOver, openCondensed, type Reader, sealCondensed, userTexts } from './condensed-history.ts';
import { createSummaryDecoder, summarised, type SummaryReader } from './summary-decoder.ts';

/** Condenses histories for providers that cannot, and makes condensed ones readable again. One per exchange. */
export interface Compactor {
  /** The gateway condenses this history itself: whatever the provider answers becomes one compaction. */
  readonly condenses: boolean;
  /** From here on it does, although a provider was to. */
  takeOver(): void;
  /** The request as it goes to this issuer. Throws `meaning-lost` where its history was condensed by somebody else. */
  outgoing(request: CanonicalRequest, issuer: string): CanonicalRequest;
  /** The provider's stream as the caller gets it. */
  incoming(decoder: ReplyDecoder, request: CanonicalRequest): ReplyDecoder;
  /** The same for a whole answer. */
  incomingWhole(events: readonly ReplyEvent[], request: CanonicalRequest): readonly ReplyEvent[];
  /** Whether the answer that just failed was a model's that called a tool where it was to write. Asked again, it may call none. */
  asksAgain(): boolean;
}

export interface CompactorParts extends Reader {
  readonly condenses: boolean;
  newId(prefix: string): string;
}

export function createCompactor(parts: CompactorParts): Compactor {
  let toolsForbidden = false;
  let asksAgain = false;

  function readerOf(request: CanonicalRequest): SummaryReader {
    const userMessages = keptMessages(request.items, parts);
    return {
      seal: (summary) => sealCondensed({ summary, userMessages }, parts, parts.newId('cmp_')),
      onToolCall() {
        asksAgain = !toolsForbidden;
        toolsForbidden = true;
      },
    };
  }

  const compactor: Mutable<Compactor> = {
    condenses: parts.condenses,
    takeOver() {
      compactor.condenses = true;
    },
    outgoing(request, issuer) {
      const opened = withOpened(request, issuer, parts);
      return compactor.condenses ? summaryRequest(opened, toolsForbidden) : opened;
    },
    incoming: (decoder, request) => (compactor.condenses ? createSummaryDecoder(decoder, readerOf(request)) : decoder),
    incomingWhole: (events, request) => (compactor.condenses ? summarised(events, readerOf(request)) : events),
    asksAgain() {
      const again = asksAgain;
      asksAgain = false;
      return again;
    },
  };
  return compactor;
}

/** Compactions of ours become what they stand for; the issuer's own stay. */
function withOpened(request: CanonicalRequest, issuer: string, reader: Reader): CanonicalRequest {
  if (!request.items.some((item) => item.type === 'compaction')) return request;
  const present = new Set(userTexts(request.items));
  const open = (item: CompactionItem): Item => {
    const history = openCondensed(item, reader);
    if (history) return handOver(history, present);
    if (item.seal.issuer === issuer) return item;
    throw new Failure(
      'meaning-lost',
      'Earlier turns of this session were compacted by another provider or for another key, and only they can read them. Switch back to the model or key that the session had then, or start a new session.',
    );
  };
  return { ...request, items: request.items.map((item) => (item.type === 'compaction' ? open(item) : item)) };
}

/**
 * The same request as the session's last one but for its end: so the provider still has it in its prompt cache, and the summary costs
 * a tenth. For that the tools stay, and so does the choice among them: at Anthropic another choice would empty the cache.
 */
function summaryRequest(request: CanonicalRequest, toolsForbidden: boolean): CanonicalRequest {
  const { outputFormat: _, ...rest } = request;
  const items: readonly Item[] = [
    ...request.items.filter((item) => item.type !== 'compaction-trigger'),
    { type: 'message', role: 'user', parts: [{ type: 'text', text: summaryPrompt }] },
  ];
  const mayForce = request.toolChoice !== undefined && request.toolChoice.mode !== 'auto';
  if (declaredTools(request).length === 0 || !(toolsForbidden || mayForce)) return { ...rest, items };
  return { ...rest, items, toolChoice: { mode: 'none' } };
}

/** About 20,000 tokens. */
const maxKeptLength = 80_000;

/** What the user wrote, also before earlier compactions: the newest that fit, oldest first. */
function keptMessages(items: readonly Item[], reader: Reader): readonly string[] {
  const written = items.flatMap((item) => {
    if (item.type === 'compaction') return openCondensed(item, reader)?.userMessages ?? [];
    return userTexts([item]).filter((text) => !isAgentsOwn(text));
  });
  const kept: string[] = [];
  let length = 0;
  for (const text of [...new Set(written)].reverse()) {
    length += text.length;
    if (length > maxKeptLength) break;
    kept.unshift(text);
  }
  return kept;
}

/** Agents put their own facts, which they renew by themselves, into the user's role, as one element from its first to its last character. */
function isAgentsOwn(text: string): boolean {
  const tag = /^<([a-z_-]+)>/i.exec(text.trim())?.[1];
  return tag !== undefined && text.trim().endsWith(`</${tag}>`);
}
