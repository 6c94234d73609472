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

/** Callers may invent models at providers that take any name: the oldest subjects are forgotten beyond this many. */
const maxSubjects = 10_000;

interface Known {
  readonly subject: Subject;
  readonly breaker: Breaker;
}

export interface HealthParts {
  readonly clock: Clock;
  random(): number;
  /** Whether the deployment is still the one that goes by its names: the failures of a key that was replaced meanwhile are not the new one's. */
  isCurrent(deployment: Deployment): boolean;
  /** A provider did not accept a key. */
  onCredentialRefused?(): void;
}

export function createHealth({ clock, random, isCurrent, onCredentialRefused }: HealthParts): Health {
  const known = new Map<string, Known>();
  let newest = 0;

  function change(name: string, next: (breaker: Breaker) => Breaker | undefined): void {
    const found = known.get(name);
    if (!found) return;
    const breaker = next(found.breaker);
    if (breaker) known.set(name, { ...found, breaker });
    else known.delete(name);
  }

  function accuse(scope: Scope, deployment: Deployment, { why, toldMs, certain }: Blame, attempt: number): void {
    const name = nameIn(scope, deployment);
    const told = { ...(toldMs === undefined ? {} : { toldMs }), ...(certain ? { certain } : {}) };
    const breaker = failed(known.get(name)?.breaker, { why, ...told, attempt, newest, chance: random() }, clock.now());
    known.set(name, { subject: subjectOf(scope, deployment), breaker });
    const [oldest] = known.size > maxSubjects ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  }

  function breakersOf(deployment: Deployment): readonly Breaker[] {
    return scopes.flatMap((scope) => known.get(nameIn(scope, deployment))?.breaker ?? []);
  }

  return {
    standing(deployment, nowMs) {
      if (known.size === 0) return ready;
      return worstOf(breakersOf(deployment), nowMs);
    },
    look(deployment, nowMs) {
      const breakers = breakersOf(deployment);
      return {
        standing: worstOf(breakers, nowMs),
        failuresInARow: Math.max(0, ...breakers.map(({ streak }) => streak)),
      };
    },
    begin(deployment) {
      newest += 1;
      const attempt = newest;
      const nowMs = clock.now();
      for (const scope of scopes) change(nameIn(scope, deployment), (breaker) => begun(breaker, attempt, nowMs));
      return (failure, status) => {
        const blame = failure && isCurrent(deployment) ? blameOf(failure, status) : undefined;
        if (blame?.why === 'credential-refused') onCredentialRefused?.();
        for (const scope of scopes) {
          if (blame?.scopes.includes(scope)) accuse(scope, deployment, blame, attempt);
          else if (!failure || (scope === 'provider' && status !== undefined))
            change(nameIn(scope, deployment), (breaker) => succeeded(breaker, attempt, clock.now()));
          else change(nameIn(scope, deployment), (breaker) => undecided(breaker, attempt));
        }
      };
    },
    view: () => [...known.values()].map((each) => rowOf(each, clock.now())),
    forget(isAnother) {
      for (const [name, { subject }] of known) if (isAnother(subject)) known.delete(name);
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

/** No two subjects have the same one: only keys' ids hold a `#`, and neither they nor providers' names hold spaces or slashes. */
function nameIn(scope: Scope, { provider, model, credential }: Deployment): string {
  switch (scope) {
    case 'credential':
      return credential.id;
    case 'deployment':
      return `${credential.id} ${model}`;
    case 'place':
      return `${provider.name}/${model}`;
    default:
      return provider.name;
  }
}

function worstOf(breakers: readonly Breaker[], nowMs: number): Standing {
  return breakers.reduce((worst, each) => worse(worst, standingOf(each, nowMs)), ready);
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
