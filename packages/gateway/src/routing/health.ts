import type { RestReason } from '@turnpike/contract/exchange-record';
import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Clock } from '../core/clock.ts';
import type { Failure } from '../core/failure.ts';
import { begun, type Breaker, failed, ready, type Standing, standingOf, succeeded, undecided } from './breaker.ts';
import type { Deployment } from './plan.ts';

/** What is known of deployments from how their attempts ended. In memory, each replica for itself. */
export interface Health {
  /** How a deployment stands: as the worst of its key, itself, and its model at the provider. */
  standing(deployment: Deployment, nowMs: number): Standing;
  /** An attempt begins. Whoever makes it tells how it ends, and once more if what had begun well breaks later. */
  begin(deployment: Deployment): EndOfAttempt;
  /** Everything that has failed lately, for people and metrics. */
  view(): readonly HealthRow[];
  /** Starts anew, as when the configuration has changed: a key may have been replaced. */
  forget(): void;
}

/** Without a failure: its answer has begun. `status`: the provider's, if it answered. */
export type EndOfAttempt = (failure?: Failure, status?: number) => void;

/** One subject that has failed lately. */
export interface HealthRow extends Subject {
  readonly state: Standing['state'];
  readonly why?: RestReason;
  /** Milliseconds since 1970. */
  readonly untilMs?: number;
  readonly failuresInARow: number;
}

/** `credential`: a key. `deployment`: a key for a model. `place`: a model at a provider, by whatever key. */
export interface Subject {
  readonly scope: 'credential' | 'deployment' | 'place';
  readonly provider: string;
  readonly model?: string;
  readonly credential?: string;
}

/** Whose fault a failure is. What is not listed says nothing of anybody's health. */
const blamed: Readonly<Partial<Record<FailureCode, Verdict>>> = {
  'upstream-credential-refused': { scope: 'credential', why: 'credential-refused' },
  'upstream-quota-exhausted': { scope: 'credential', why: 'quota-exhausted' },
  'upstream-rate-limited': { scope: 'deployment', why: 'rate-limited' },
  'upstream-model-missing': { scope: 'deployment', why: 'model-missing' },
  'upstream-unreachable': { scope: 'place', why: 'failing' },
  'upstream-timeout': { scope: 'place', why: 'failing' },
  'upstream-cut': { scope: 'place', why: 'failing' },
  'upstream-garbled': { scope: 'place', why: 'failing' },
  'upstream-error': { scope: 'place', why: 'failing' },
  'upstream-overloaded': { scope: 'place', why: 'failing' },
};

/** Callers may invent models at providers that take any name: the oldest subjects are forgotten beyond this many. */
const maxSubjects = 10_000;

interface Known {
  readonly subject: Subject;
  readonly breaker: Breaker;
}

export function createHealth({ clock, random }: { readonly clock: Clock; random(): number }): Health {
  const known = new Map<string, Known>();
  let newest = 0;

  function change(name: string, next: (breaker: Breaker) => Breaker | undefined): void {
    const found = known.get(name);
    if (!found) return;
    const breaker = next(found.breaker);
    if (breaker) known.set(name, { ...found, breaker });
    else known.delete(name);
  }

  function blame(deployment: Deployment, { scope, ...mishap }: Verdict, attempt: number): void {
    const name = nameIn(scope, deployment);
    const before = known.get(name)?.breaker;
    const breaker = failed(before, { ...mishap, attempt, newest, chance: random() }, clock.now());
    known.set(name, { subject: subjectOf(scope, deployment), breaker });
    const [oldest] = known.size > maxSubjects ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  }

  return {
    standing(deployment, nowMs) {
      if (known.size === 0) return ready;
      const standings = scopes.flatMap((scope) => {
        const found = known.get(nameIn(scope, deployment));
        return found ? [standingOf(found.breaker, nowMs)] : [];
      });
      return standings.reduce(worse, ready);
    },
    begin(deployment) {
      newest += 1;
      const attempt = newest;
      const nowMs = clock.now();
      for (const scope of scopes) change(nameIn(scope, deployment), (breaker) => begun(breaker, attempt, nowMs));
      return (failure, status) => {
        const verdict = failure && verdictOf(failure, status);
        if (verdict) blame(deployment, verdict, attempt);
        for (const scope of scopes.filter((each) => each !== verdict?.scope)) {
          change(nameIn(scope, deployment), (breaker) =>
            failure ? undecided(breaker, attempt) : succeeded(breaker, attempt, clock.now()),
          );
        }
      };
    },
    view: () => [...known.values()].map((each) => rowOf(each, clock.now())),
    forget: () => known.clear(),
  };
}

const scopes = ['credential', 'deployment', 'place'] as const;

interface Verdict {
  readonly scope: Subject['scope'];
  readonly why: RestReason;
  readonly toldMs?: number;
}

function verdictOf({ code, retryAfterMs }: Failure, status: number | undefined): Verdict | undefined {
  const verdict = blamed[code];
  if (!verdict) return undefined;
  // A key that is refused with 403 may do less than others, and not nothing.
  const scope = code === 'upstream-credential-refused' && status === 403 ? 'deployment' : verdict.scope;
  return { ...verdict, scope, ...(retryAfterMs === undefined ? {} : { toldMs: retryAfterMs }) };
}

function subjectOf(scope: Subject['scope'], { provider, model, credential }: Deployment): Subject {
  const ofModel = scope === 'credential' ? {} : { model };
  return { scope, provider: provider.name, ...ofModel, ...(scope === 'place' ? {} : { credential: credential.id }) };
}

/** No two subjects have the same one: only keys' ids hold a `#`, and they hold neither spaces nor slashes. */
function nameIn(scope: Subject['scope'], { provider, model, credential }: Deployment): string {
  if (scope === 'credential') return credential.id;
  return scope === 'deployment' ? `${credential.id} ${model}` : `${provider.name}/${model}`;
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
