import type { Snapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import { asFailure, Failure } from '../../core/failure.ts';
import { providerDialects } from '../../dialects/registry.ts';
import type { Health } from '../../routing/health.ts';
import type { Deployment } from '../../routing/plan.ts';
import type { Upstream, UpstreamAnswer } from '../../upstream/upstream.ts';
import { refusal } from '../answer.ts';
import { checkCall, checkDialect } from './check-call.ts';

/** `skipped`: it rests because its provider says so, and no check may end that. */
type CheckResult = 'well' | 'failed' | 'skipped';

/** So many checks ended so since the start. */
export interface ChecksMade {
  readonly provider: string;
  readonly result: CheckResult;
  readonly count: number;
}

/** Asks providers by itself whether they are well, where the configuration wants that. */
export interface HealthChecks {
  /** From now on checks what this configuration wants to have checked. Checks that run are given up. */
  follow(snapshot: Pick<Snapshot, 'providers'>): void;
  made(): readonly ChecksMade[];
  close(): void;
}

export interface CheckParts {
  readonly upstream: Pick<Upstream, 'call'>;
  readonly health: Pick<Health, 'begin' | 'standing'>;
  readonly clock: Clock;
  random(): number;
  /** Calls back later, unless what it returns is called before. */
  delay(call: () => void, delayMs: number): () => void;
}

/** A check comes so much sooner or later, or else replicas would all come at once. */
const jitter = 0.2;

export function createHealthChecks(parts: CheckParts): HealthChecks {
  const { random, delay } = parts;
  const counts = new Map<string, ChecksMade>();
  let stops: readonly (() => void)[] = [];

  function note(provider: string, result: CheckResult): void {
    const id = `${provider} ${result}`;
    counts.set(id, { provider, result, count: (counts.get(id)?.count ?? 0) + 1 });
  }

  /** One at a time: the next one waits from the end of this one. */
  function watch(deployment: Deployment, everyMs: number): () => void {
    const life = new AbortController();
    let cancel: () => void;
    const check = async (): Promise<void> => {
      const result = await checkOnce(deployment, life.signal, parts);
      if (life.signal.aborted) return;
      note(deployment.provider.name, result);
      cancel = delay(() => void check(), everyMs * (1 - jitter + 2 * jitter * random()));
    };
    cancel = delay(() => void check(), everyMs * random());
    return () => {
      cancel();
      life.abort();
    };
  }

  const close = (): void => {
    for (const stop of stops) stop();
    stops = [];
  };
  return {
    follow({ providers }) {
      close();
      stops = [...providers.values()].flatMap((provider) => {
        const { healthCheck, credentials } = provider;
        if (!healthCheck) return [];
        const { model = '', everyMs } = healthCheck;
        return credentials.map((credential) => watch({ provider, model, credential }, everyMs));
      });
    },
    made: () => [...counts.values()],
    close,
  };
}

/** Tells health how it went, as any request does. */
async function checkOnce(
  deployment: Deployment,
  signal: AbortSignal,
  { upstream, health, clock }: CheckParts,
): Promise<CheckResult> {
  const standing = health.standing(deployment, clock.now());
  if (standing.state === 'resting' && prescribed.has(standing.why)) return 'skipped';
  const end = health.begin(deployment);
  let status: number | undefined;
  try {
    const answer = await upstream.call(checkCall(deployment, signal));
    status = answer.status;
    await hear(answer, deployment, clock.now());
    end();
    return 'well';
  } catch (thrown) {
    end(signal.aborted ? givenUp(thrown) : asFailure(thrown, 'of a health check'), status);
    return 'failed';
  }
}

/** That an account may list its models says nothing of what it may spend. */
const prescribed: ReadonlySet<string> = new Set(['rate-limited', 'quota-exhausted']);

function givenUp(cause: unknown): Failure {
  return new Failure('client-gone', 'The check was given up.', { cause });
}

/** Waits for the first words of an answer, which are enough. Throws a refusal. */
async function hear(answer: UpstreamAnswer, deployment: Deployment, nowMs: number): Promise<void> {
  const { status, body } = answer;
  if (status < 200 || status > 299) throw await refusal(providerDialects[checkDialect(deployment)], answer, nowMs);
  try {
    await body.read();
  } finally {
    body.cancel();
  }
}
