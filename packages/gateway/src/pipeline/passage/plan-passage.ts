import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import { dialects } from '../../dialects/registry.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Api, ApiName } from '../../operations/operation.ts';
import { apis } from '../../operations/table.ts';
import { checkAccess, checkAccessToAll } from '../../policy/access.ts';
import type { Provider } from '../../providers/provider.ts';
import { targetsAt } from '../../routing/names.ts';
import { type Plan, planTargets } from '../../routing/plan.ts';
import { askedName, noteDestination } from '../asked-name.ts';
import type { Inbound } from '../inbound.ts';
import type { RouteNotes } from '../route-notes.ts';
import { apiAt, hasApi } from './clarify.ts';
import type { Question } from './passage.ts';

interface Wanted {
  readonly question: Question;
  readonly model: string | undefined;
  readonly inbound: Pick<Inbound, 'receivedAt'>;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  readonly notes: RouteNotes;
}

/**
 * Where a request passes to. With a model: wherever the name leads, as for answers, as far as the API is there; a name that nobody knows
 * is taken to the API's home. Without one: to the provider that is named, or is the only one in question, with its first key for all models, because
 * files and batches belong to the account of a key. A key must be allowed all models of a provider for what names none: a batch may ask any of them.
 */
export function planPassage(wanted: Wanted): Plan {
  const { question, model, principal, snapshot } = wanted;
  const { provider, known } = question;
  if (provider) {
    if (model === undefined) checkAccessToAll(principal, provider.name);
    else checkAccess(principal, `${provider.name}/${model}`);
    return planOf(provider, model);
  }
  if (!known) throw new TypeError('what is not known must name its provider');
  const { api } = known.operation;
  if (model === undefined) {
    const home = homeOf(api, question, snapshot);
    checkAccessToAll(principal, home.name);
    return planOf(home, undefined);
  }
  const destination = askedName(model, wanted);
  noteDestination(destination, wanted.notes);
  const targets = targetsAt(destination, snapshot);
  if (!targets) return planOf(homeOf(api, question, snapshot), model);
  const [first, ...rest] = targets.filter((target) => apiAt(target.provider, known.operation) !== undefined);
  if (!first) throw new Failure('route-not-found', `The provider of "${model}" has nothing at ${question.path}.`);
  return planTargets([first, ...rest]);
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
