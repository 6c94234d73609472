import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Loss } from '../core/loss.ts';
import type { Principal } from '../identity/principal.ts';
import { checkAccess, mayUse } from '../policy/access.ts';
import type { Provider } from '../providers/provider.ts';
import { applyWishes, type NamedPlan } from '../routing/apply-wishes.ts';
import { variantOf } from '../routing/model-variant.ts';
import { type Deployment, factsOf, type Plan, planRoute } from '../routing/plan.ts';
import { servedName } from '../routing/utility.ts';
import { noWishes, type RoutingWishes, takesWishes } from '../routing/wishes.ts';
import { peekObject } from '../wire/peek.ts';
import { type ObjectEdits, spliceObject } from '../wire/splice.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { reachablePlan } from './reachable-plan.ts';
import type { RouteNotes } from './route-notes.ts';

export interface AskedPlan {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
}

/** Where a request leads: its model's name, the names it would fall back to, and what it says of their providers. The caller must be allowed each of the names. */
export function planAsked(asked: AskedPlan, notes: RouteNotes): Plan {
  const { envelope, snapshot } = asked;
  const [first, ...others] = [...new Set([envelope.model, ...(envelope.wishes?.models ?? [])])].map((name) =>
    planOfName(name, asked, notes),
  );
  if (!first) throw new TypeError('a request without a model');
  if (!envelope.wishes && !first.byPrice) return first.plan;
  return applyWishes([first, ...others], envelope.wishes ?? noWishes, snapshot);
}

function planOfName(name: string, { inbound, principal, snapshot }: AskedPlan, notes: RouteNotes): NamedPlan {
  const { model, variant } = takesWishes(inbound.dialect) ? variantOf(name, snapshot) : { model: name };
  const asked = inbound.provider === undefined ? model : `${inbound.provider}/${model}`;
  const served = servedName(asked, snapshot, (each) => mayUse(principal, each));
  checkAccess(principal, served);
  const all = planRoute(served, snapshot);
  notes.candidates += all.length;
  const plan = reachablePlan(all, { principal, snapshot }, served, notes);
  if (variant === undefined) return { name, plan, byPrice: false };
  const [first, ...rest] = plan;
  const written = (each: Deployment) => withVariant(each, variant, snapshot);
  return { name, plan: [written(first), ...rest.map(written)], byPrice: variant === 'floor' };
}

/** Who knows such endings is asked with them, at the price of the model itself. */
function withVariant(deployment: Deployment, variant: string, snapshot: Snapshot): Deployment {
  if (deployment.provider.vendor.takesRoutingFields !== true) return deployment;
  const facts = factsOf(deployment, snapshot);
  return { ...deployment, model: `${deployment.model}:${variant}`, ...(facts ? { abilities: facts } : {}) };
}

/** A request's bytes for a provider. */
interface WrittenBody {
  readonly pieces: readonly Buffer[];
  readonly losses: readonly Loss[];
  readonly edited?: { readonly edits: ObjectEdits };
}

/**
 * The body with what is addressed to this provider itself. It goes by HTTP: what a socket would leave out of it stands elsewhere in the bytes that
 * came, which had the wishes in them. Throws `meaning-lost` where something is left out and the caller wants nothing left out.
 */
export function withWishes<Body extends WrittenBody>(
  { edited, ...body }: Body,
  wishes: RoutingWishes,
  provider: Provider,
): Omit<Body, 'edited'> {
  if (wishes.requireParameters) refuseLosses({ ...body, ...(edited ? { edited } : {}) }, provider);
  if (!wishes.provider || provider.vendor.takesRoutingFields !== true) return body;
  const peek = peekObject(Buffer.concat(body.pieces));
  return { ...body, pieces: spliceObject(peek, { replace: { provider: JSON.stringify(wishes.provider) } }) };
}

function refuseLosses({ losses, edited }: WrittenBody, { name, quirks }: Provider): void {
  const omitted = (edited?.edits.remove ?? []).filter((field) => quirks.omit?.includes(field));
  const lost = [...losses.map(({ what }) => what), ...omitted];
  if (lost.length === 0) return;
  throw new Failure(
    'meaning-lost',
    `The provider "${name}" would not get all of the request, as \`provider.require_parameters\` wants: ${lost.join(', ')}.`,
  );
}
