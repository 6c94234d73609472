import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Loss } from '../core/loss.ts';
import type { Principal } from '../identity/principal.ts';
import type { Provider } from '../providers/provider.ts';
import { applyWishes, type NamedPlan, type WishParts } from '../routing/apply-wishes.ts';
import { type ModelVariant, variantOf } from '../routing/model-variant.ts';
import type { Destination } from '../routing/names.ts';
import { type Deployment, factsOf, type Plan } from '../routing/plan.ts';
import { noWishes, type RoutingWishes, takesWishes } from '../routing/wishes.ts';
import { peekObject } from '../wire/peek.ts';
import { type ObjectEdits, spliceObject } from '../wire/splice.ts';
import { askedName, chosenName, reachableFrom } from './asked-name.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { asksForCompaction } from './plan-compaction.ts';
import type { RouteNotes } from './route-notes.ts';

export interface AskedPlan {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  /** A rule's name for it, which takes the place of all that are asked for. */
  readonly steering?: { readonly model?: string };
}

/** Where a request leads: its model's name, the names it would fall back to, and what it says of their providers. The caller must be allowed each of the names. */
export function planAsked(asked: AskedPlan, { vitals }: Pick<WishParts, 'vitals'>, notes: RouteNotes): Plan {
  const { envelope, snapshot, steering } = asked;
  const names = [...new Set([envelope.model, ...(envelope.wishes?.models ?? [])])].map((name) => nameOf(name, asked));
  const plans: readonly NamedPlan[] =
    steering?.model === undefined
      ? names.map((name) => planOfName(name, asked, notes))
      : [{ name: steering.model, plan: planChosen(steering.model, asked, notes) }];
  const [first, ...others] = plans;
  if (!first) throw new TypeError('a request without a model');
  if (!envelope.wishes && !first.sort) return first.plan;
  return applyWishes([first, ...others], envelope.wishes ?? noWishes, { snapshot, vitals });
}

/** Where a name leads that an operator has chosen for this request, as far as the caller may go there. */
export function planChosen(name: string, asked: AskedPlan, notes: RouteNotes): Plan {
  const asker = { ...asked, kind: kindOf(asked) };
  return reachableFrom(chosenName(name, asker), asker, notes);
}

/** A name that the caller may ask for, and what it comes to. */
interface Named {
  readonly name: string;
  readonly variant?: ModelVariant['variant'];
  readonly destination: Destination;
}

function nameOf(name: string, asked: AskedPlan): Named {
  const { inbound, snapshot } = asked;
  const { model, variant } = takesWishes(inbound.dialect) ? variantOf(name, snapshot) : { model: name };
  const qualified = inbound.provider === undefined ? model : `${inbound.provider}/${model}`;
  const destination = askedName(qualified, { ...asked, kind: kindOf(asked) });
  return { name, ...(variant ? { variant } : {}), destination };
}

function planOfName({ name, variant, destination }: Named, asked: AskedPlan, notes: RouteNotes): NamedPlan {
  const plan = reachableFrom(destination, asked, notes);
  if (variant === undefined) return { name, plan };
  const [first, ...rest] = plan;
  const written = (each: Deployment) => withVariant(each, variant, asked.snapshot);
  return { name, plan: [written(first), ...rest.map(written)], sort: variant === 'floor' ? 'price' : 'throughput' };
}

/** Who condenses a history for an agent is decided when it is known where the session leads. */
function kindOf({ inbound, envelope }: AskedPlan): Inbound['requestKind'] {
  return inbound.requestKind === 'compaction' && asksForCompaction(inbound, envelope) ? undefined : inbound.requestKind;
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
