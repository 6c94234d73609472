import { rendezvous } from './affinity.ts';
import type { Deployment, Plan } from './plan.ts';
import { strategies } from './strategies/registry.ts';

/** The plan with everything that is equally good in the order in which this session likes it: the targets of a group, and the keys of each target. */
export function chooseAmongEquals(plan: Plan, session: string): readonly Deployment[] {
  return runsOf(plan, areEquals).flatMap((equals) => {
    const targets = runsOf(equals, isSamePlace).map((keys) => targetOf(keys, session));
    const strategy = strategies[equals[0].group?.strategy ?? 'priority'];
    return strategy(targets, { session }).flatMap(({ deployments }) => deployments);
  });
}

/** One or more. */
type Run = readonly [Deployment, ...Deployment[]];

/** One target as a candidate, its keys in order already. */
function targetOf(run: Run, session: string) {
  const [{ weight = 1 }] = run;
  const keys = run.map((deployment) => ({
    name: deployment.credential.id,
    weight: deployment.credential.weight ?? 1,
    deployment,
  }));
  const deployments = rendezvous(keys, session).map(({ deployment }) => deployment);
  return { name: placeName(run[0]), weight, deployments };
}

/** A model at a provider, whatever the key. */
export function placeName({ provider, model }: Deployment): string {
  return `${provider.name}/${model}`;
}

function areEquals(one: Deployment, other: Deployment): boolean {
  return one.group === undefined ? isSamePlace(one, other) : one.group === other.group;
}

function isSamePlace(one: Deployment, other: Deployment): boolean {
  return one.provider === other.provider && one.model === other.model && one.group === other.group;
}

/** Neighbours that belong together. */
function runsOf(plan: Run, belong: (one: Deployment, other: Deployment) => boolean): readonly Run[] {
  const runs: [Deployment, ...Deployment[]][] = [];
  for (const deployment of plan) {
    const last = runs.at(-1);
    if (last && belong(last[0], deployment)) last.push(deployment);
    else runs.push([deployment]);
  }
  return runs;
}
