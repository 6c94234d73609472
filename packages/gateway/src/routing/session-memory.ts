import type { Clock } from '../core/clock.ts';
import { createRecentMap } from '../core/recent-map.ts';
import { deploymentName } from './deployment-name.ts';
import type { Deployment } from './plan.ts';

/**
 * What is remembered of sessions, in memory and for each replica by itself: where they have been served, where an answer of theirs broke off, and
 * where their history is too long by now.
 * Deployments go by their names (`deploymentName`), so that it outlives a new configuration.
 */
export interface SessionMemory {
  /** Whether the session has been served lately. */
  knows(session: string): boolean;
  /** Where a session has been served lately, the newest choice first. Empty: nobody knows it. */
  homes(session: string): readonly string[];
  /** A session is served there now, by a choice that was made then. */
  settle(session: string, deployment: string, chosenAtMs: number): void;
  /** Whether the session has been served there lately. */
  isThere(session: string, deployment: string): boolean;
  /** The session's next attempts go elsewhere, as long as there is anywhere else to go. */
  avoid(session: string, deployment: string, span: Span): void;
  /** When the session had or has better not go there. Undefined: it may. */
  avoided(session: string, deployment: string): Span | undefined;
  /** A request of the session's was too long for the deployment, with so many bytes. */
  outgrow(session: string, deployment: string, bytes: number): void;
  /** How many bytes of the session's were too many there. Undefined: none so far. */
  tooLongAt(session: string, deployment: string): number | undefined;
}

/** A time from one moment to another, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Who has been silent for longer has no prompt cache left anywhere. */
const idleMs = 60 * 60_000;
/** Of more sessions, those that were silent the longest are forgotten; they are then chosen for as new ones. */
const mostSessions = 50_000;
/** Places of one session: it may ask for several models. */
const mostHomes = 8;

interface Notes {
  /** The newest choice first. */
  homes: readonly Home[];
  /** Absent for most. */
  avoided?: ReadonlyMap<string, Span>;
  /** The same. */
  outgrown?: ReadonlyMap<string, number>;
  usedMs: number;
}

interface Home {
  readonly name: string;
  chosenAtMs: number;
}

export function createSessionMemory(clock: Pick<Clock, 'now'>): SessionMemory {
  const known = createRecentMap<Notes>();

  function find(session: string): Notes | undefined {
    const notes = known.get(session);
    return notes && clock.now() - notes.usedMs < idleMs ? notes : undefined;
  }

  function touch(session: string): Notes {
    const notes = find(session) ?? { homes: [], usedMs: 0 };
    notes.usedMs = clock.now();
    known.use(session, notes);
    forgetOldest();
    return notes;
  }

  /** One in, so two out: what is over does not stay. */
  function forgetOldest(): void {
    for (let looked = 0; looked < 2; looked += 1) {
      const oldest = known.oldest();
      if (!oldest || (known.size() <= mostSessions && clock.now() - oldest.value.usedMs < idleMs)) return;
      known.delete(oldest.key);
    }
  }

  return {
    knows: (session) => find(session) !== undefined,
    homes: (session) => find(session)?.homes.map(({ name }) => name) ?? [],
    settle(session, name, chosenAtMs) {
      const notes = touch(session);
      const [newest] = notes.homes;
      // As nearly always.
      if (newest?.name === name) newest.chosenAtMs = Math.max(newest.chosenAtMs, chosenAtMs);
      else notes.homes = withHome(notes.homes, { name, chosenAtMs });
    },
    isThere: (session, deployment) => find(session)?.homes.some(({ name }) => name === deployment) ?? false,
    avoid(session, deployment, span) {
      const notes = touch(session);
      const nowMs = clock.now();
      const still = [...(notes.avoided ?? [])].filter(([, { untilMs }]) => untilMs > nowMs).slice(1 - mostHomes);
      notes.avoided = new Map([...still, [deployment, span]]);
    },
    avoided: (session, deployment) => known.get(session)?.avoided?.get(deployment),
    outgrow(session, deployment, bytes) {
      const notes = touch(session);
      const others = [...(notes.outgrown ?? [])].filter(([name]) => name !== deployment).slice(1 - mostHomes);
      notes.outgrown = new Map([...others, [deployment, bytes]]);
    },
    tooLongAt: (session, deployment) => known.get(session)?.outgrown?.get(deployment),
  };
}

/** Of two choices the later one counts, whichever is told first: a slow answer says nothing of where the session went meanwhile. */
function withHome(homes: readonly Home[], home: Home): readonly Home[] {
  const before = homes.find(({ name }) => name === home.name);
  if (before && before.chosenAtMs > home.chosenAtMs) return homes;
  const others = homes.filter((each) => each !== before);
  const at = others.findIndex(({ chosenAtMs }) => chosenAtMs <= home.chosenAtMs);
  return others.toSpliced(at < 0 ? others.length : at, 0, home).slice(0, mostHomes);
}

/** Longer than an agent goes on trying to have its answer, and short enough for the provider's prompt cache to be still there. */
const avoidMs = 60_000;
/** The same again for whoever broke off one more answer soon after. */
const avoidAgainMs = 5 * 60_000;
const soonMs = 10 * 60_000;

/** An answer of the session broke off at the deployment: its next attempts, of which the agent's own retry is the first, go elsewhere for a while. */
export function avoidBroken(
  session: string,
  deployment: Deployment,
  { memory, clock }: { readonly memory: SessionMemory; readonly clock: Pick<Clock, 'now'> },
): void {
  const name = deploymentName(deployment);
  const nowMs = clock.now();
  const before = memory.avoided(session, name);
  const isAgain = before !== undefined && nowMs - before.untilMs < soonMs;
  memory.avoid(session, name, { fromMs: nowMs, untilMs: nowMs + (isAgain ? avoidAgainMs : avoidMs) });
}

/** Where there is nobody else, one who broke off may be asked again after this part of the time: as if it rested for 5 s, or 25 s. */
const againShare = 1 / 12;

/** When it comes before others who rest. */
export function againAt({ fromMs, untilMs }: Span): number {
  return fromMs + (untilMs - fromMs) * againShare;
}
