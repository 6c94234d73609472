import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Principal } from '../identity/principal.ts';
import { mayReach, mayUse } from '../policy/access.ts';
import { type AbilityReason, isAble, type Lack, type Needs, sortByAbility } from '../routing/capability.ts';
import { type Deployment, factsOf, type Plan } from '../routing/plan.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { readNeeds } from './read-needs.ts';
import { excludedPlaces, type RouteNotes } from './route-notes.ts';

interface Asked {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
}

/**
 * The deployments that can serve the request; notes the others. The plan itself where all of them can. Throws where nobody is left:
 * `context-too-long`, at which agents shorten their history, if that would help, and else `meaning-lost`.
 */
export function ablePlan(plan: Plan, asked: Asked, notes: RouteNotes): Plan {
  const needs = readNeeds(asked.envelope, asked.inbound);
  const { able, lacks } = sortByAbility(plan, needs, asked.snapshot);
  if (able === plan) return plan;
  notes.excluded.push(...excludedPlaces(lacks));
  if (!able) throw unable(lacks, needs, asked);
  return able;
}

function nameOf({ provider, model }: Deployment): string {
  return `${provider.name}/${model}`;
}

const cannot: Readonly<Record<AbilityReason, string>> = {
  tools: 'cannot use tools, and this agent works through tools',
  images: 'cannot see images, and there is one in this conversation',
  pdfs: 'cannot read PDF documents, and there is one in this conversation',
  audio: 'cannot hear sound, and there is some in this conversation',
  'structured-output': 'cannot keep to the JSON Schema that this request asks for',
  reasoning: 'does not reason, and this request insists on it',
  'context-window': 'has no room for this conversation',
};

function unable(lacks: readonly Lack[], needs: Needs, asked: Asked): Failure {
  const { envelope } = asked;
  const told = new Map<string, string>();
  for (const { deployment, why, detail } of lacks) {
    told.set(nameOf(deployment), cannot[why] + (detail === undefined ? '' : `: it ${detail}`));
  }
  const [[place, first] = ['', ''], ...others] = told;
  // People know their models by the names that they ask for.
  const named = envelope.model === place ? `"${place}"` : `"${envelope.model}" (${place})`;
  const more = others.map(([name, why]) => `; ${name} ${why}`).join('');
  const code = lacks.some(({ why }) => why === 'context-window') ? 'context-too-long' : 'meaning-lost';
  return new Failure(code, `The model ${named} ${first}${more}. ${advice(code, needs, asked)}`);
}

/** So many names are enough to choose from. */
const maxNamed = 5;

function advice(code: 'context-too-long' | 'meaning-lost', needs: Needs, { principal, snapshot }: Asked): string {
  const able = [...snapshot.aliases.values()].filter(
    ({ name, chain }) =>
      // Nobody is led to a name that is going.
      !snapshot.names.redirects.has(name) &&
      mayUse(principal, name) &&
      chain.some((target) => mayReach(principal, target) && isAble(factsOf(target, snapshot), needs)),
  );
  const names = able.slice(0, maxNamed).map(({ name }) => name);
  if (names.length > 0) return `Models here that can: ${names.join(', ')}.`;
  return code === 'context-too-long' ? 'Compact the conversation, or start a new one.' : 'Choose another model.';
}
