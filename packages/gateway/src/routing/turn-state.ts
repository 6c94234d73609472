import type { Deployment } from './plan.ts';

/** Begins the states that we hand out: a provider's own are passed on, ours never are. */
const mark = '~tpt1.';

/** Who served this step of a turn, as an opaque text that the agent brings back with the turn's next step. */
export function turnStateOf({ provider, model, credential }: Deployment): string {
  return mark + Buffer.from(JSON.stringify([provider.name, model, credential.id])).toString('base64url');
}

export function isOwnTurnState(state: string): boolean {
  return state.startsWith(mark);
}

/**
 * The plan with whoever served the turn before in front: a turn stays where its prompt cache is, also after a fallback.
 * A state that names nobody of the plan changes nothing, so an agent gains no deployment by inventing one.
 */
export function continueTurn(plan: readonly Deployment[], state: string | undefined): readonly Deployment[] {
  if (state === undefined || !isOwnTurnState(state)) return plan;
  const before = plan.find((deployment) => turnStateOf(deployment) === state);
  return before ? [before, ...plan.filter((deployment) => deployment !== before)] : plan;
}
