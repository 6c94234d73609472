import { Failure } from '../core/failure.ts';
import { deploymentName } from '../routing/deployment-name.ts';
import type { Deployment, Plan } from '../routing/plan.ts';
import { excludedPlaces, type RouteNotes } from './route-notes.ts';
import type { RouteQuestion } from './route.ts';
import { planAsked, planChosen } from './routing-wishes.ts';

/** Where a request leads, by its names and by what rules have made of them. The plan of its names where rules want nothing. */
export function steeredPlan(question: RouteQuestion, notes: RouteNotes): Plan {
  const { steering } = question;
  const asked = planAsked(question, notes);
  if (!steering) return asked;
  const kept = steering.group === undefined ? asked : ofGroup(asked, steering.group, notes);
  return withFallbacks(kept, steering.fallbacks, question, notes);
}

function ofGroup(all: Plan, group: string, notes: RouteNotes): Plan {
  const isIn = ({ groups }: Deployment): boolean => groups?.includes(group) === true;
  const left = all.filter(isIn);
  const others = all.filter((each) => !isIn(each));
  notes.excluded.push(...excludedPlaces(others.map((deployment) => ({ deployment, why: 'group' }))));
  const [first, ...rest] = left;
  if (first) return [first, ...rest];
  throw new Failure(
    'rule-refused',
    `A rule keeps this request to the group "${group}", in which its model has nothing that you may use.`,
  );
}

/** Behind the plan, each deployment once. A fallback that the caller may not reach is none for it. */
function withFallbacks(plan: Plan, names: readonly string[], question: RouteQuestion, notes: RouteNotes): Plan {
  if (names.length === 0) return plan;
  const [first, ...others] = plan;
  const all = new Map([first, ...others].map((each) => [deploymentName(each), each]));
  for (const each of names.flatMap((name) => reachableOf(name, question, notes))) {
    if (!all.has(deploymentName(each))) all.set(deploymentName(each), each);
  }
  return [first, ...[...all.values()].slice(1)];
}

function reachableOf(name: string, question: RouteQuestion, notes: RouteNotes): readonly Deployment[] {
  try {
    return planChosen(name, question, notes);
  } catch (thrown) {
    if (thrown instanceof Failure) return [];
    throw thrown;
  }
}
