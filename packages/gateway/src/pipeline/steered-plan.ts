import type { Snapshot } from '../config/snapshot.ts';
import type { OfGroup, Steered } from '../config/steered.ts';
import { Failure } from '../core/failure.ts';
import { deploymentName } from '../routing/deployment-name.ts';
import type { Deployment, Plan } from '../routing/plan.ts';
import type { ArrangePorts } from './arrange.ts';
import { excludedPlaces, type RouteNotes } from './route-notes.ts';
import type { RouteQuestion } from './route.ts';
import { planAsked, planChosen } from './routing-wishes.ts';

/** Where a request leads, by its names and by what rules have made of them. The plan of its names where rules want nothing. */
export function steeredPlan(question: RouteQuestion, ports: Pick<ArrangePorts, 'vitals'>, notes: RouteNotes): Plan {
  const asked = planAsked(question, ports, notes);
  return steered(asked, question, {
    name: question.envelope.model,
    chosen: (name) => planChosen(name, question, notes),
    notes,
  });
}

interface Ways {
  /** The name that is asked for. */
  readonly name: string;
  /** Where a name leads that an operator has chosen. */
  chosen(name: string): Plan;
  readonly notes: RouteNotes;
}

/** A plan within the group that rules keep it to, and with the fallbacks that they add behind it. The same one where they want neither. */
export function steered(
  asked: Plan,
  { steering, snapshot }: Pick<RouteQuestion, 'steering' | 'snapshot'>,
  ways: Ways,
): Plan {
  if (!steering) return asked;
  const { group, fallbacks } = steering;
  const kept = group === undefined ? asked : planOfGroup(asked, group, snapshot, ways);
  return fallbacks.reduce((plan, name) => withFallback(plan, () => ways.chosen(name), snapshot.steered), kept);
}

/** A fallback that leads nowhere, or nowhere that the caller may go, is none for it. */
function withFallback(plan: Plan, chosen: () => Plan, { appended }: Steered): Plan {
  try {
    const fallback = chosen();
    return appended.of(plan, fallback, () => together(plan, fallback));
  } catch (thrown) {
    if (thrown instanceof Failure) return plan;
    throw thrown;
  }
}

function planOfGroup(all: Plan, group: string, snapshot: Snapshot, { name, notes }: Ways): Plan {
  const { groups } = snapshot.steered;
  let known = groups.get(all);
  if (!known) groups.set(all, (known = new Map()));
  let found = known.get(group);
  if (!found) known.set(group, (found = ofGroup(all, group)));
  notes.excluded.push(...found.excluded);
  if (found.plan) return found.plan;
  throw new Failure(
    'rule-refused',
    `The ${keeper(group, snapshot, notes)} keeps this request to the group "${group}", in which "${name}" has nothing that you may use.`,
  );
}

/** `rule "eu-only"`: of several, the last one holds. */
function keeper(group: string, { rules }: Snapshot, notes: RouteNotes): string {
  const wanting = new Set(rules.rules.flatMap(({ name, effects }) => (effects.group === group ? [name] : [])));
  const held = notes.rules.filter(({ name, shadow, error }) => wanting.has(name) && !shadow && error === undefined);
  return `rule "${held.at(-1)?.name ?? group}"`;
}

function ofGroup(all: Plan, group: string): OfGroup {
  const isIn = ({ groups }: Deployment): boolean => groups?.includes(group) === true;
  const [first, ...rest] = all.filter(isIn);
  const others = all.filter((each) => !isIn(each));
  return {
    plan: first && [first, ...rest],
    excluded: excludedPlaces(others.map((deployment) => ({ deployment, why: 'group' }))),
  };
}

/** The one plan behind the other, each deployment once. */
function together(plan: Plan, behind: Plan): Plan {
  const names = new Set(plan.map(deploymentName));
  const [first, ...others] = plan;
  return [first, ...others, ...behind.filter((each) => !names.has(deploymentName(each)))];
}
