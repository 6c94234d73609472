import { parseJson } from '../core/json.ts';
import { deploymentName } from './deployment-name.ts';
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

/** The name of the deployment that a state is of (`deploymentName`). Undefined: it is none of ours, or damaged. */
export function nameInTurnState(state: string): string | undefined {
  if (!isOwnTurnState(state)) return undefined;
  const parts = parseJson(Buffer.from(state.slice(mark.length), 'base64url').toString());
  if (!Array.isArray(parts)) return undefined;
  const [provider, model, credential] = parts;
  if (typeof provider !== 'string' || typeof model !== 'string' || typeof credential !== 'string') return undefined;
  return deploymentName({ provider: { name: provider }, model, credential: { id: credential } });
}
