import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import type { Health } from '../routing/health.ts';
import type { RetryBudget } from '../routing/retry-budget.ts';
import type { Upstream, UpstreamAnswer } from '../upstream/upstream.ts';
import type { Deployment } from '../config/deployment.ts';
import type { ClientSide } from './answer.ts';
import type { Course } from './failover/course.ts';
import type { RenewKey } from './failover/renewed-key.ts';
import { startTour, type Tries } from './failover/tour.ts';
import type { Inbound } from './inbound.ts';
import { openWilling } from './open-one.ts';
import type { Payment } from './payment/payment.ts';
import type { Piece } from './pump.ts';
import { isRepeatable } from './repeatable.ts';
import { resumable } from './resume.ts';
import type { Served, Trace } from './trace.ts';

export interface OpenPorts {
  readonly inbound: Inbound;
  readonly snapshot: Snapshot;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly health: Health;
  readonly retries: RetryBudget;
  readonly payment: Payment;
  readonly renewKey?: RenewKey;
}

/** An answer whose first semantic event is here: from now on it can no longer be exchanged for another. */
export interface Opened {
  readonly served: Served;
  readonly answer: UpstreamAnswer;
  /** What was held back until now. */
  readonly held: readonly Piece[];
}

/**
 * Tries the plan's deployments until one begins a real answer. A failure before the first semantic event, also one hidden inside a
 * 200 stream, leads to the next deployment while the failure table says another may help. Throws the failure that is to be told.
 */
export async function openFirst(tries: Tries, asking: ClientSide, ports: OpenPorts, trace: Trace): Promise<Opened> {
  const client = { ...asking, resumes: isResumable(asking, ports, trace) };
  const mayRepeat = () => isRepeatable(client);
  // Whoever condenses a history remembers from one attempt to the next what the model did.
  const mayHedge = () => !client.compactor.condenses && mayRepeat();
  const tour = startTour(tries, { ...ports, mayRepeat, mayHedge });
  const attemptFor = (asked: ClientSide) => (deployment: Deployment, course: Course) =>
    openWilling({ deployment, modelAsked: tries.asked }, course, { client: asked, ports, trace });
  const opened = await tour.open(attemptFor(client));
  const { resume: wanted } = opened.served.deployment.failover ?? ports.snapshot.failover;
  return resumable(opened, {
    ...ports,
    client,
    trace,
    wanted,
    ...(wanted && tour.mayGoOn() && mayRepeat() ? { open: (after, next) => tour.open(attemptFor(next), after) } : {}),
  });
}

/** A compaction is one item that comes whole. */
function isResumable({ dialect, envelope }: ClientSide, { inbound }: OpenPorts, { isCompaction }: Trace): boolean {
  return envelope.stream && isCompaction !== true && dialect.resumption?.isSafeFor(inbound.agent) === true;
}
