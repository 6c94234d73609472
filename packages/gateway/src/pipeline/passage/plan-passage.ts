import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import { dialects } from '../../dialects/registry.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Api, ApiName, Operation } from '../../operations/operation.ts';
import { apis } from '../../operations/table.ts';
import { checkAccess, checkAccessToAll } from '../../policy/access.ts';
import type { Provider } from '../../providers/provider.ts';
import { type Destination, targetsAt } from '../../routing/names.ts';
import { type Plan, planTargets } from '../../routing/plan.ts';
import type { Steering } from '../apply-rules.ts';
import { askedName, chosenName, noteDestination } from '../asked-name.ts';
import type { Inbound } from '../inbound.ts';
import type { RouteNotes } from '../route-notes.ts';
import { steered } from '../steered-plan.ts';
import { apiAt, hasApi } from './clarify.ts';
import type { Question } from './passage.ts';

interface Wanted {
  readonly question: Question;
  readonly model: string | undefined;
  readonly inbound: Pick<Inbound, 'receivedAt'>;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  readonly notes: RouteNotes;
  /** What rules want of its way. */
  readonly steering?: Steering;
}

/**
 * Where a request passes to. With a model: wherever the name leads, as for answers, as far as the API is there; a name that nobody knows
 * is taken to the API's home. Without one: to the provider that is named, or is the only one in question, with its first key for all models, because
 * files and batches belong to the account of a key. A key must be allowed all models of a provider for what names none: a batch may ask any of them.
 * What names a model goes where rules lead it; the caller must be allowed the name that it asks for.
 */
export function planPassage(wanted: Wanted): Plan {
  const { question, model, steering } = wanted;
  if (model === undefined) return planOfAccount(wanted);
  const goTo = allowedWay(model, wanted);
  const chosen = (name: string) => planAt(chosenName(name, wanted), name, wanted) ?? nothingThere(name, question);
  const asked = steering?.model === undefined ? goTo() : chosen(steering.model);
  return steered(asked, wanted, { name: model, chosen, notes: wanted.notes });
}

function planOfAccount({ question, principal, snapshot }: Wanted): Plan {
  const home = question.provider ?? homeOf(operationOf(question).api, question, snapshot);
  checkAccessToAll(principal, home.name);
  return planOf(home, undefined);
}

/** Checks that the caller may ask for the model, and tells how to find out where it leads. */
function allowedWay(model: string, wanted: Wanted): () => Plan {
  const { question, principal, snapshot } = wanted;
  const { provider } = question;
  if (provider) {
    checkAccess(principal, `${provider.name}/${model}`);
    return () => planOf(provider, model);
  }
  const destination = askedName(model, wanted);
  return () =>
    planAt(destination, model, wanted) ?? planOf(homeOf(operationOf(question).api, question, snapshot), model);
}

/** The deployments at a destination that have the operation. Undefined: nobody knows the name. */
function planAt(destination: Destination, name: string, { question, snapshot, notes }: Wanted): Plan | undefined {
  noteDestination(destination, notes);
  const targets = targetsAt(destination, snapshot);
  if (!targets) return undefined;
  const operation = operationOf(question);
  const [first, ...rest] = targets.filter((target) => apiAt(target.provider, operation) !== undefined);
  return first ? planTargets([first, ...rest]) : nothingThere(name, question);
}

function nothingThere(name: string, { path }: Question): never {
  throw new Failure('route-not-found', `The provider of "${name}" has nothing at ${path}.`);
}

function operationOf({ known }: Question): Operation {
  if (!known) throw new TypeError('what is not known must name its provider, and no model');
  return known.operation;
}

function planOf(provider: Provider, model: string | undefined): Plan {
  if (model !== undefined) return planTargets([{ provider, model }]);
  const { credentials } = provider;
  const credential = credentials.find(({ models }) => models === undefined) ?? credentials[0];
  return [{ provider, model: '', credential }];
}

/** The only provider of the API, or the only one at home in it. */
function homeOf(api: ApiName, { path }: Question, { providers }: Snapshot): Provider {
  const able = [...providers.values()].filter((provider) => hasApi(provider, api));
  const [only, ...others] = able.length === 1 ? able : able.filter(({ issuer }) => isAtHome(issuer, apis[api]));
  if (only && others.length === 0) return only;
  if (able.length === 0) throw new Failure('route-not-found', `No provider of this gateway has anything at ${path}.`);
  const names = able.map(({ name }) => name).join(', ');
  throw new Failure(
    'request-malformed',
    `Which provider is meant? ${path} can be asked of ${names}. Name the model as provider/model, send the header x-turnpike-provider, or use /providers/NAME/v1 as base URL.`,
  );
}

function isAtHome(issuer: string, { speaks }: Api): boolean {
  return Object.values(dialects).some(({ name, homeIssuer }) => speaks.includes(name) && homeIssuer === issuer);
}
