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
  const { steering, snapshot } = question;
  const asked = planAsked(question, ports, notes);
  if (!steering) return asked;
  const kept = steering.group === undefined ? asked : planOfGroup(asked, steering.group, snapshot.steered, notes);
  return steering.fallbacks.reduce((plan, name) => withFallback(plan, name, question, notes), kept);
}

/** A fallback that leads nowhere, or nowhere that the caller may go, is none for it. */
function withFallback(plan: Plan, name: string, question: RouteQuestion, notes: RouteNotes): Plan {
  try {
    const fallback = planChosen(name, question, notes);
    return question.snapshot.steered.appended.of(plan, fallback, () => together(plan, fallback));
  } catch (thrown) {
    if (thrown instanceof Failure) return plan;
    throw thrown;
  }
}

function planOfGroup(all: Plan, group: string, { groups }: Steered, notes: RouteNotes): Plan {
  let known = groups.get(all);
  if (!known) groups.set(all, (known = new Map()));
  let found = known.get(group);
  if (!found) known.set(group, (found = ofGroup(all, group)));
  notes.excluded.push(...found.excluded);
  if (found.plan) return found.plan;
  throw new Failure(
    'rule-refused',
    `A rule keeps this request to the group "${group}", in which its model has nothing that you may use.`,
  );
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
