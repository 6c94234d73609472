import { Failure } from '../core/failure.ts';
import { matchesAny } from '../core/name-pattern.ts';
import type { Demand, Grant } from '../identity/grant.ts';
import { type Principal, whomToAsk } from '../identity/principal.ts';

/** A model at a provider: where a name leads. */
export interface Place {
  readonly provider: { readonly name: string; readonly tags?: readonly string[] };
  readonly model: string;
}

/** Whether the caller may ask for this model name. All levels must allow it. */
export function mayUse({ grants }: Principal, model: string): boolean {
  return grants.every((grant) => allowsModel(grant, model));
}

/** Whether the caller may ask a provider for all of its models, as with a batch, in which any of them may stand. */
export function mayUseAll({ grants }: Principal, provider: string): boolean {
  return grants.every((grant) => allowsAll(grant, provider));
}

/** Refuses what names no model where the caller may not ask for all models of the provider. Throws `model-forbidden`. */
export function checkAccessToAll(principal: Principal, provider: string): void {
  const refusing = principal.grants.find((grant) => !allowsAll(grant, provider));
  if (refusing) throw modelForbidden(principal, refusing, `${provider}/*`);
}

/** Whether the caller may be answered from there, whatever the name that leads there. */
export function mayReach({ grants, demands }: Principal, place: Place): boolean {
  return isLabelled(demands, place) && isGranted(grants, place);
}

/** Why the caller may not be answered from a place that is out of reach: by somebody's word, or else for want of a label. */
export function whyUnreachable(
  { grants, demands }: Principal,
  place: Place,
): { readonly why: 'access' | 'tags'; readonly detail: string } {
  const refusing = grants.find((grant) => !isGranted([grant], place));
  if (refusing) return { why: 'access', detail: `the ${refusing.holder} does not allow it` };
  return { why: 'tags', detail: demandsOf(demands.filter((demand) => !isLabelled([demand], place))) };
}

/** Refuses a model name that the caller may not ask for. Throws `model-forbidden`. */
export function checkAccess(principal: Principal, model: string): void {
  const refusing = principal.grants.find((grant) => !allowsModel(grant, model));
  if (refusing) throw modelForbidden(principal, refusing, model);
}

/**
 * The places of a plan that the caller may reach. What is denied by its name at the provider is denied under every name: otherwise another spelling
 * would lead there. The same plan where all of it may be reached. Throws `provider-forbidden` or `model-forbidden` where none is left.
 */
export function permittedPlan<Each extends Place>(
  principal: Principal,
  plan: readonly [Each, ...Each[]],
  model: string,
): readonly [Each, ...Each[]] {
  const { grants, demands } = principal;
  if (grants.length === 0 && demands.length === 0) return plan;
  const granted = plan.filter((place) => isGranted(grants, place));
  const [first, ...rest] = granted.filter((place) => isLabelled(demands, place));
  if (first) return rest.length + 1 === plan.length ? plan : [first, ...rest];
  throw granted.length === 0 ? ungranted(principal, plan, model) : unlabelled(principal, granted, model);
}

function ungranted(principal: Principal, plan: readonly Place[], model: string): Failure {
  const refusing = principal.grants.find((grant) => !plan.some((place) => allowsProvider(grant, place)));
  if (!refusing) {
    const denying = principal.grants.find((grant) => plan.some((place) => deniesPlace(grant, place)));
    return modelForbidden(principal, denying, model, plan);
  }
  return new Failure(
    'provider-forbidden',
    `The ${refusing.holder} may not use ${providersOf(plan)}, where "${model}" leads. ` +
      `It may use the providers: ${listed(refusing.providers)}.${whomToAsk(principal.contact)}`,
  );
}

/** Fails closed: nobody is sent anything for want of a provider with the label. */
function unlabelled({ demands, contact }: Principal, plan: readonly Place[], model: string): Failure {
  const unmet = demands.filter(({ tag }) => !plan.some((place) => isLabelled([{ tag }], place)));
  // Each may be met somewhere, only nowhere all of them.
  const told = unmet.length > 0 ? unmet : demands;
  return new Failure(
    'provider-forbidden',
    `"${model}" leads only to ${providersOf(plan)}, without what is demanded of providers here: ${demandsOf(told)}.` +
      whomToAsk(contact),
  );
}

/** `the label "eu" (team "core", organization "acme"), the label "zdr" (virtual key "ann")` */
function demandsOf(demands: readonly Demand[]): string {
  const holders = new Map<string, string[]>();
  for (const { tag, of } of demands) holders.set(tag, [...(holders.get(tag) ?? []), of]);
  return [...holders].map(([tag, of]) => `the label "${tag}" (by the ${of.join(' and the ')})`).join(', ');
}

function providersOf(plan: readonly Place[]): string {
  return quoted(plan.map(({ provider }) => provider.name));
}

function quoted(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `"${name}"`).join(', ');
}

function isGranted(grants: readonly Grant[], place: Place): boolean {
  return grants.every((grant) => allowsProvider(grant, place) && !deniesPlace(grant, place));
}

function isLabelled(demands: readonly Pick<Demand, 'tag'>[], { provider: { tags = [] } }: Place): boolean {
  return demands.every(({ tag }) => tags.includes(tag));
}

function allowsModel({ models, deniedModels }: Grant, model: string): boolean {
  return matchesAny(models, model) && !matchesAny(deniedModels, model);
}

/** A denied name without a provider may be one of this provider's. */
function allowsAll(grant: Grant, provider: string): boolean {
  const denies = grant.deniedModels.some(
    (name) => !name.includes('/') || name.includes('*') || name.startsWith(`${provider}/`),
  );
  return !denies && matchesAny(grant.models, `${provider}/*`) && matchesAny(grant.providers, provider);
}

function allowsProvider({ providers }: Grant, { provider }: Place): boolean {
  return matchesAny(providers, provider.name);
}

function deniesPlace({ deniedModels }: Grant, { provider, model }: Place): boolean {
  return matchesAny(deniedModels, model) || matchesAny(deniedModels, `${provider.name}/${model}`);
}

/** `plan`: where the name leads, if that is what is denied. */
function modelForbidden(
  principal: Principal,
  grant: Grant | undefined,
  model: string,
  plan: readonly Place[] = [],
): Failure {
  const holder = grant?.holder ?? `virtual key "${principal.name}"`;
  const { models = [], deniedModels = [] } = grant ?? {};
  const allowed = models.includes('*') ? 'all models' : listed(models);
  const except = deniedModels.length === 0 ? '' : `, but not ${listed(deniedModels)}`;
  const places = plan.map((place) => `${place.provider.name}/${place.model}`);
  const isPlace = plan.some((place, index) => model === place.model || model === places[index]);
  const refusal =
    places.length === 0 || isPlace
      ? `The ${holder} may not use "${model}".`
      : `"${model}" leads to ${quoted(places)}, which the ${holder} may not use.`;
  return new Failure('model-forbidden', `${refusal} It may use: ${allowed}${except}.${whomToAsk(principal.contact)}`);
}

/** More than this nobody reads in a terminal. */
const maxListed = 20;

function listed(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'none';
  const more = patterns.length - maxListed;
  return patterns.slice(0, maxListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
