import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import { hashOf, unitOf } from './affinity.ts';
import { ready, type Standing } from './breaker.ts';
import { chooseAmongEquals, placeName } from './choose.ts';
import type { Health } from './health.ts';
import type { Deployment, Plan } from './plan.ts';
import { continueTurn, turnStateOf } from './turn-state.ts';

/** What the order depends on. */
export interface OrderParts {
  /** The key of the caller's session. */
  readonly session: string;
  /** Names who served the last step of this turn. */
  readonly turnState?: string | undefined;
  readonly health: Pick<Health, 'standing'>;
  readonly nowMs: number;
}

/** The same deployments in the order in which they will be tried, and those among them that were set back for their health. */
export interface OrderedPlan {
  readonly plan: Plan;
  readonly skipped: readonly SkippedRecord[];
}

/**
 * Puts a plan into its order. Equals follow the session; a turn goes on where it was; whoever is not well goes to the end; and no target is tried
 * with all its keys before the next one has had its chance. Nobody is left out: a plan always has somebody to try.
 */
export function orderPlan(plan: Plan, parts: OrderParts): OrderedPlan {
  if (plan.length === 1) return { plan, skipped: [] };
  const liked = continueTurn(chooseAmongEquals(plan, parts.session), parts.turnState);
  const judged = liked.map((deployment) => ({ deployment, standing: standingFor(deployment, parts) }));
  const well = judged.filter(({ standing }) => standing.state === 'ready');
  if (well.length === judged.length) return { plan: asPlan(takingTurns(liked)), skipped: [] };
  const unwell = judged.filter(({ standing }) => standing.state !== 'ready');
  const lastWell = judged.findLastIndex(({ standing }) => standing.state === 'ready');
  return {
    plan: asPlan([
      ...takingTurns(well.map(({ deployment }) => deployment)),
      ...unwell
        .toSorted((one, other) => wellAt(one.standing) - wellAt(other.standing))
        .map(({ deployment }) => deployment),
    ]),
    skipped: judged.slice(0, lastWell + 1).flatMap(skippedOf),
  };
}

/** Those that rest behind all others, where a failure has changed how things stand. */
export function restingLast(
  deployments: readonly Deployment[],
  { health, nowMs }: Pick<OrderParts, 'health' | 'nowMs'>,
): readonly Deployment[] {
  if (deployments.length < 2) return deployments;
  const rests = new Set(deployments.filter((each) => health.standing(each, nowMs).state === 'resting'));
  if (rests.size === 0) return deployments;
  return [...deployments.filter((each) => !rests.has(each)), ...rests];
}

/** Sessions come back to whoever recovers in an order of their own, the same for all keys of a place. A turn that is there already stays. */
function standingFor(deployment: Deployment, { session, turnState, health, nowMs }: OrderParts): Standing {
  const standing = health.standing(deployment, nowMs);
  if (standing.state !== 'recovering') return standing;
  if (turnState !== undefined && turnStateOf(deployment) === turnState) return ready;
  return unitOf(hashOf(session), `back at ${placeName(deployment)}`) < standing.share ? ready : standing;
}

/** Those who recover come first, then whoever rests the shortest. */
function wellAt(standing: Standing): number {
  return standing.state === 'resting' ? standing.untilMs : 0;
}

/** So many keys of one target are tried before the next target has its turn. */
const keysAtOnce = 2;

function takingTurns(deployments: readonly Deployment[]): readonly Deployment[] {
  const rounds: Deployment[][] = [];
  const seen = new Map<string, number>();
  for (const deployment of deployments) {
    const name = placeName(deployment);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    (rounds[Math.floor(before / keysAtOnce)] ??= []).push(deployment);
  }
  return rounds.flat();
}

function skippedOf({ deployment, standing }: { deployment: Deployment; standing: Standing }): readonly SkippedRecord[] {
  if (standing.state === 'ready') return [];
  const { provider, model, credential } = deployment;
  const why = standing.state === 'resting' ? standing.why : 'recovering';
  return [{ provider: provider.name, model, credential: credential.id, why }];
}

function asPlan([first, ...rest]: readonly Deployment[]): Plan {
  if (!first) throw new TypeError('a plan has somebody to try');
  return [first, ...rest];
}
