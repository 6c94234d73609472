import type { RestReason } from '@turnpike/contract/exchange-record';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import { type Blame, blameOf, type Scope } from './blame.ts';
import { begun, type Breaker, failed, ready, type Standing, standingOf, succeeded, undecided } from './breaker.ts';
import type { Deployment } from './plan.ts';

/** What is known of deployments from how their attempts ended. In memory, each replica for itself. */
export interface Health {
  /** How a deployment stands: as the worst of its key, itself, its model at the provider, and the provider's address. */
  standing(deployment: Deployment, nowMs: number): Standing;
  /** An attempt begins. Whoever makes it tells how it ends, and once more if what had begun well breaks later. */
  begin(deployment: Deployment): EndOfAttempt;
  /** The same with how often it has failed since it last succeeded, for people. */
  look(deployment: Deployment, nowMs: number): Look;
  /** Everything that has failed lately, for people and metrics. */
  view(): readonly HealthRow[];
  /** Starts anew with some of them, such as keys that were replaced. */
  forget(isAnother: (subject: Subject) => boolean): void;
}

/** Without a failure: its answer has begun. `status`: the provider's, if it answered. */
export type EndOfAttempt = (failure?: Failure, status?: number) => void;

export interface Look {
  readonly standing: Standing;
  readonly failuresInARow: number;
}

/** One subject that has failed lately. */
export interface HealthRow extends Subject {
  readonly state: Standing['state'];
  readonly why?: RestReason;
  /** Milliseconds since 1970. */
  readonly untilMs?: number;
  readonly failuresInARow: number;
}

/** One of those whose health is known apart. */
export interface Subject {
  readonly scope: Scope;
  readonly provider: string;
  readonly model?: string;
  readonly credential?: string;
}

/** Callers may invent models at providers that take any name: the oldest subjects of a scope are forgotten beyond this many. */
const maxSubjects = 10_000;

interface Known {
  readonly subject: Subject;
  readonly breaker: Breaker;
}

/** What is known in one scope, by name. */
interface Shelf {
  readonly scope: Scope;
  readonly subjects: Map<string, Known>;
}

export interface HealthParts {
  readonly clock: Clock;
  random(): number;
  /** Whether the deployment is still the one that goes by its names: the failures of a key that was replaced meanwhile are not the new one's. */
  isCurrent(deployment: Deployment): boolean;
  /** A provider did not accept a key. */
  onCredentialRefused?(): void;
  /** Something begins to rest, or answers again. */
  onNews?(news: HealthNews): void;
}

/** What people should hear of as it happens. */
export interface HealthNews {
  readonly subject: Subject;
  /** Absent: it answers again. */
  readonly rest?: { readonly why: RestReason; readonly untilMs: number };
}

export function createHealth({ clock, random, isCurrent, onCredentialRefused, onNews }: HealthParts): Health {
  /** Apart for each scope: where nothing is known in one, no name is made to look for it. */
  const known = scopes.map((scope) => ({ scope, subjects: new Map<string, Known>() }));
  const nameIn = rememberedNames();
  let newest = 0;

  function find({ scope, subjects }: Shelf, deployment: Deployment): Known | undefined {
    return subjects.size === 0 ? undefined : subjects.get(nameIn(scope, deployment));
  }

  function change(shelf: Shelf, deployment: Deployment, next: (breaker: Breaker) => Breaker | undefined): void {
    const found = find(shelf, deployment);
    if (!found) return;
    const breaker = next(found.breaker);
    if (found.breaker.rest?.proven === false && breaker?.rest?.proven !== false) onNews?.({ subject: found.subject });
    const name = nameIn(shelf.scope, deployment);
    if (breaker) shelf.subjects.set(name, { ...found, breaker });
    else shelf.subjects.delete(name);
  }

  function accuse(shelf: Shelf, deployment: Deployment, { why, toldMs, certain }: Blame, attempt: number): void {
    const { scope, subjects } = shelf;
    const told = { ...(toldMs === undefined ? {} : { toldMs }), ...(certain ? { certain } : {}) };
    const mishap = { why, ...told, attempt, newest, chance: random() };
    const before = find(shelf, deployment)?.breaker;
    const breaker = failed(before, mishap, clock.now());
    const subject = subjectOf(scope, deployment);
    subjects.set(nameIn(scope, deployment), { subject, breaker });
    // A rest that only becomes longer is the same one.
    if (breaker.rest && breaker.rest.sinceAttempt !== before?.rest?.sinceAttempt)
      onNews?.({ subject, rest: breaker.rest });
    const [oldest] = subjects.size > maxSubjects ? subjects.keys() : [];
    if (oldest !== undefined) subjects.delete(oldest);
  }

  function standing(deployment: Deployment, nowMs: number): Standing {
    let worst = ready;
    for (const shelf of known) {
      const found = find(shelf, deployment);
      if (found) worst = worse(worst, standingOf(found.breaker, nowMs));
    }
    return worst;
  }

  return {
    standing,
    look(deployment, nowMs) {
      const all = known.flatMap((shelf) => {
        const found = find(shelf, deployment);
        return found ? [{ standing: standingOf(found.breaker, nowMs), streak: found.breaker.streak }] : [];
      });
      const told = all.reduce((worst, each) => worse(worst, each.standing), ready);
      // Those of the one that rests, if any: a key that was refused once is not worse for what happened to its model before.
      const relevant = told === ready ? all : all.filter((each) => each.standing === told);
      return { standing: told, failuresInARow: Math.max(0, ...relevant.map(({ streak }) => streak)) };
    },
    begin(deployment) {
      newest += 1;
      const attempt = newest;
      const nowMs = clock.now();
      for (const shelf of known) change(shelf, deployment, (breaker) => begun(breaker, attempt, nowMs));
      return (failure, status) => {
        const blame = failure && isCurrent(deployment) ? blameOf(failure, status) : undefined;
        if (blame?.why === 'credential-refused') onCredentialRefused?.();
        for (const shelf of known) {
          if (blame?.scopes.includes(shelf.scope)) accuse(shelf, deployment, blame, attempt);
          else if (!failure || (shelf.scope === 'provider' && status !== undefined))
            change(shelf, deployment, (breaker) => succeeded(breaker, attempt, clock.now()));
          else change(shelf, deployment, (breaker) => undecided(breaker, attempt));
        }
      };
    },
    view: () => known.flatMap(({ subjects }) => [...subjects.values()].map((each) => rowOf(each, clock.now()))),
    forget(isAnother) {
      for (const { subjects } of known)
        for (const [name, { subject }] of subjects) if (isAnother(subject)) subjects.delete(name);
    },
  };
}

const scopes = ['credential', 'deployment', 'place', 'provider'] as const satisfies readonly Scope[];

function subjectOf(
  scope: Scope,
  { provider: { name: provider }, model, credential: { id: credential } }: Deployment,
): Subject {
  switch (scope) {
    case 'credential':
      return { scope, provider, credential };
    case 'deployment':
      return { scope, provider, model, credential };
    case 'place':
      return { scope, provider, model };
    default:
      return { scope, provider };
  }
}

/** Each deployment's names are put together once: in an outage, every request looks all of them up. */
function rememberedNames(): (scope: Scope, deployment: Deployment) => string {
  const known = new WeakMap<Deployment, Readonly<Record<Scope, string>>>();
  return (scope, deployment) => {
    let names = known.get(deployment);
    if (!names) known.set(deployment, (names = namesOf(deployment)));
    return names[scope];
  };
}

/** No two subjects of a scope have the same one: neither keys' ids nor providers' names hold spaces or slashes. */
function namesOf({ provider, model, credential }: Deployment): Readonly<Record<Scope, string>> {
  return {
    credential: credential.id,
    deployment: `${credential.id} ${model}`,
    place: `${provider.name}/${model}`,
    provider: provider.name,
  };
}

function worse(one: Standing, other: Standing): Standing {
  if (one.state === 'resting' && other.state === 'resting') return one.untilMs < other.untilMs ? other : one;
  if (one.state === 'recovering' && other.state === 'recovering') return one.share > other.share ? other : one;
  return severity[one.state] < severity[other.state] ? other : one;
}

const severity: Readonly<Record<Standing['state'], number>> = { ready: 0, recovering: 1, resting: 2 };

function rowOf({ subject, breaker }: Known, nowMs: number): HealthRow {
  const standing = standingOf(breaker, nowMs);
  return {
    ...subject,
    state: standing.state,
    ...(standing.state === 'ready' ? {} : { why: standing.why }),
    ...(standing.state === 'resting' ? { untilMs: standing.untilMs } : {}),
    failuresInARow: breaker.streak,
  };
}
