import { Failure } from '../core/failure.ts';
import type { Terminal } from '../core/events.ts';
import type { ReplySoFar } from '../dialects/resumption.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { ClientSide } from './answer.ts';
import { withHistory } from './envelope.ts';
import type { Failed } from './failover/race.ts';
import type { Inbound } from './inbound.ts';
import type { Opened } from './open.ts';
import type { Payment } from './payment/payment.ts';
import type { Piece, Pump } from './pump.ts';
import { noteBroken, type Trace } from './trace.ts';

/** What it takes to go on with an answer that breaks off. */
export interface ResumeParts {
  readonly client: ClientSide;
  readonly inbound: Inbound;
  readonly payment: Payment;
  readonly trace: Trace;
  /** The configuration wants it. */
  readonly wanted: boolean;
  /** Asks whoever is next after one that has failed. Throws when there is nobody. Absent: there is nobody from the start. */
  readonly open?: (after: Failed, client: ClientSide) => Promise<Opened>;
}

/**
 * An answer that may break off without the client noticing: what it was told and will keep stays, and another deployment goes on behind it, in the
 * same stream. Where a call is finished that the agent is running, the answer ends there instead: the agent asks again with the call's result.
 * What cannot be gone on with ends in one failure, as ever.
 */
export function resumable(opened: Opened, parts: ResumeParts): Opened {
  const { track } = opened.served.pump;
  if (!track) return opened;
  const { client, inbound, trace, payment } = parts;
  let { served } = opened;
  let waiting: Piece[] = [];
  let over = false;
  let endsEarly = false;

  async function read(): Promise<Piece | undefined> {
    while (!over) {
      const piece = waiting.shift() ?? (await served.pump.read());
      if (piece !== undefined) return piece;
      const { terminal } = served.pump.seen();
      if (terminal instanceof Failure) await goOn(terminal);
      else over = true;
    }
    return waiting.shift();
  }

  function end(last: Piece): void {
    over = true;
    if (last.length > 0) waiting.push(last);
  }

  async function goOn(failure: Failure): Promise<void> {
    const soFar = served.pump.track?.soFar();
    if (!soFar || !failure.traits.elsewhere) return end(served.pump.withheld?.() ?? '');
    const failed: Terminal = { type: 'reply-failed', failure };
    if (!parts.wanted || soFar.remedy === 'fail') return end(closing(soFar, failed));
    const bill = await payment.broke(failure);
    if (bill) trace.bill = bill;
    if (soFar.remedy === 'resume') {
      if (!(await resume(failure, soFar))) return end(closing(soFar, failed));
      // From here on the exchange's bill is another's.
      delete trace.bill;
      return noteBroken(trace, failure, bill);
    }
    noteBroken(trace, failure);
    endsEarly = true;
    end(closing(soFar, { type: 'reply-done', stop: 'complete', ...(bill ? { usage: bill.usage } : {}) }));
  }

  /** What ends the answer, in the words of whoever goes on: a provider's own would tell the agent to give up. */
  function closing(goesOn: ReplySoFar, terminal: Terminal): string {
    const encoder = client.dialect.createReplyEncoder({ ...client.context, goesOn });
    return encoder.push(terminal).map(encodeSseFrame).join('');
  }

  /** Whether another has taken over. */
  async function resume(failure: Failure, goesOn: ReplySoFar): Promise<boolean> {
    const envelope = parts.open && withHistory(client.envelope, goesOn.items, { inbound, dialect: client.dialect });
    if (!parts.open || !envelope) return false;
    const after = { deployment: served.deployment, failure, begun: true };
    try {
      const next = await parts.open(after, { ...client, envelope, context: { ...client.context, goesOn } });
      served = next.served;
      waiting = [...next.held];
      trace.served = { ...served, pump };
      return true;
    } catch (thrown) {
      if (inbound.signal.aborted || !(thrown instanceof Failure)) throw thrown;
      return false;
    }
  }

  const pump: Pump = {
    read,
    finished() {
      if (waiting.length > 0) return false;
      return over || (served.pump.finished() && !(served.pump.seen().terminal instanceof Failure));
    },
    begun: () => served.pump.begun(),
    seen: () => (endsEarly ? { ...served.pump.seen(), terminal: 'incomplete' } : served.pump.seen()),
    weight: () => served.pump.weight(),
    ...(parts.open ? { track } : {}),
    cancel: () => served.pump.cancel(),
  };
  return { ...opened, served: { ...served, pump } };
}
