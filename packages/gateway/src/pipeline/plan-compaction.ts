import type { Snapshot } from '../config/snapshot.ts';
import type { Reply } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { MessageItem } from '../core/items.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import { sealMark } from '../dialects/shared/seal.ts';
import type { Principal } from '../identity/principal.ts';
import { compactEndpointOf } from '../providers/endpoint.ts';
import { planOf } from '../routing/names.ts';
import type { Plan } from '../routing/plan.ts';
import { fieldBytes } from '../wire/peek.ts';
import { chosenName } from './asked-name.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import type { RouteNotes } from './route-notes.ts';

/** How a history will be condensed. */
export interface CompactionPlan {
  readonly by: 'provider' | 'gateway';
  /** Where. */
  readonly plan: Plan;
  /** The client's dialect where it writes this answer in another way than others. */
  readonly dialect?: Dialect;
}

interface Asked {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly notes: Pick<RouteNotes, 'names'>;
}

/**
 * Who condenses the history, if that is what the request asks for. A provider's own compaction can be read by that provider's account alone, so it
 * may make one only if the session cannot lead to anybody else.
 */
export function planCompaction(asked: Asked): CompactionPlan | undefined {
  const { inbound, envelope, plan, snapshot, notes } = asked;
  if (!asksForCompaction(inbound, envelope)) return undefined;
  const session = inbound.provider === undefined ? chosenName(envelope.model, asked) : undefined;
  const own = session?.alias?.kinds?.compaction;
  const compacted = inbound.compacts === true ? { dialect: writingCompacted(asked) } : {};
  if (own === undefined && snapshot.compaction.by === 'provider' && canAllCondense(asked))
    return { by: 'provider', plan, ...compacted };
  if (session && own !== undefined) notes.names.push({ from: session.name, to: own, by: 'kind', of: 'compaction' });
  const model = own ?? snapshot.compaction.model;
  if (model === undefined) return { by: 'gateway', plan, ...compacted };
  const [first, ...others] = planOf(chosenName(model, asked), snapshot);
  return { by: 'gateway', plan: [first, ...others, ...plan], ...compacted };
}

/** Whether a request asks that its history be condensed by whoever serves it, and not by a turn of the agent's own. */
export function asksForCompaction(inbound: Inbound, envelope: Envelope): boolean {
  if (inbound.compacts === true) return true;
  const peek = envelope.peek();
  const mayAsk = dialects[inbound.dialect].asksForCompaction?.((key) => fieldBytes(peek, key));
  return mayAsk === true && envelope.canonical().items.at(-1)?.type === 'compaction-trigger';
}

function canAllCondense({ inbound, envelope, plan }: Asked): boolean {
  const [{ provider: first }] = plan;
  const able = plan.every(
    ({ provider }) =>
      compactEndpointOf(provider) !== undefined &&
      provider.name === first.name &&
      provider.speaks.includes(inbound.dialect),
  );
  // The call of its own can only pass as it is, and this history holds what only we can read.
  return able && !(inbound.compacts === true && envelope.peek().body.includes(sealMark));
}

/** The dialect as it answers the call of its own: with the whole history that takes the place of the one that was sent. */
function writingCompacted({ inbound, envelope }: Asked): Dialect {
  const dialect = dialects[inbound.dialect];
  const { encodeCompacted } = dialect;
  if (!encodeCompacted) throw new TypeError(`${inbound.dialect} has no call for compactions`);
  const kept = keptMessages(envelope);
  return { ...dialect, encodeReply: (reply: Reply, context) => encodeCompacted(reply, kept, context) };
}

/** About 64,000 tokens of text: what OpenAI keeps of the user's messages, as Codex has it. */
const maxKeptLength = 256_000;

/** What stays as it is: the newest messages of the user, oldest first. */
function keptMessages(envelope: Envelope): readonly MessageItem[] {
  const { items } = envelope.canonical();
  if (items.length === 0) throw new Failure('request-malformed', 'There is no history to compact: "input" is empty.');
  const written = items.filter((item): item is MessageItem => item.type === 'message' && item.role === 'user');
  let length = 0;
  const from = written.findLastIndex((message) => (length += lengthOf(message)) > maxKeptLength);
  return written.slice(from + 1);
}

function lengthOf({ parts }: MessageItem): number {
  return parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
}
