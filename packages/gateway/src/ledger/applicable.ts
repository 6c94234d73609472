import { matchesPattern } from '../core/name-pattern.ts';
import type { Limit, Per } from './limits.ts';
import type { Caller, Payer, Place } from './request.ts';

/** A limit that a request must keep, and the account on which it is counted. */
export interface Applicable {
  readonly limit: Limit;
  readonly account: string;
  /** Value of the limit's `per`: whose account it is. */
  readonly owner: string | undefined;
}

/** What limits look at, besides who pays. */
export interface Aim {
  readonly caller: Caller;
  readonly modelAsked: string;
  readonly place: Place;
}

/** Finds the limits that a request must keep, among many thousands. */
export interface LimitBook {
  readonly limits: readonly Limit[];
  /** All that apply to a request. */
  applicable(aim: Aim): readonly Applicable[];
  /** Those that apply to all requests of a caller, wherever they go. */
  always(payer: Payer): readonly Applicable[];
}

/** What applies to all requests of a payer, and what still has to look at the request. */
interface PayersPart {
  readonly always: readonly Applicable[];
  readonly depending: readonly Limit[];
}

/** Indexes limits by what their scopes name. What applies to a payer is remembered for as long as that object lives. */
export function createLimitBook(limits: readonly Limit[]): LimitBook {
  const index = new Map<string, Limit[]>();
  for (const limit of limits) {
    const shelf = shelfOf(limit);
    const there = index.get(shelf);
    if (there) there.push(limit);
    else index.set(shelf, [limit]);
  }
  const remembered = new WeakMap<Payer, PayersPart>();
  const partOf = (payer: Payer) => {
    let part = remembered.get(payer);
    if (!part) remembered.set(payer, (part = sortOut(candidatesFor(payer, index), payer)));
    return part;
  };
  return {
    limits,
    always: (payer) => partOf(payer).always,
    applicable(aim) {
      const { always, depending } = partOf(aim.caller.payer);
      const found = always.filter(({ limit }) => !standsIn(limit, aim));
      for (const limit of [...depending, ...limitsOfPlace(aim, index)]) {
        if (standsIn(limit, aim) || !aimsAt(limit, aim)) continue;
        for (const owner of ownersOf(limit.per, aim)) found.push(applicableOf(limit, owner));
      }
      return found;
    },
  };
}

/** The one field of its scope by which a limit is looked up: the one that the fewest requests share. */
function shelfOf({ scope }: Limit): string {
  for (const field of ['key', 'user', 'team', 'organization', 'tag', 'credential'] as const) {
    if (scope[field] !== undefined) return `${field}:${scope[field]}`;
  }
  for (const field of ['model', 'provider'] as const) {
    const pattern = scope[field];
    if (pattern !== undefined && !pattern.includes('*')) return `${field}:${pattern}`;
  }
  return 'anything';
}

function candidatesFor(payer: Payer, index: ReadonlyMap<string, readonly Limit[]>): readonly Limit[] {
  const found: Limit[] = [];
  const look = (shelf: string) => {
    for (const limit of index.get(shelf) ?? []) if (isOf(payer, limit)) found.push(limit);
  };
  look('anything');
  for (const tag of new Set(payer.tags)) look(`tag:${tag}`);
  if (payer.key !== undefined) look(`key:${payer.key}`);
  if (payer.user !== undefined) look(`user:${payer.user}`);
  if (payer.team !== undefined) look(`team:${payer.team}`);
  if (payer.organization !== undefined) look(`organization:${payer.organization}`);
  return found;
}

function limitsOfPlace({ modelAsked, place }: Aim, index: ReadonlyMap<string, readonly Limit[]>): readonly Limit[] {
  const served = servedName(place);
  const byAsked = served === modelAsked ? undefined : index.get(`model:${modelAsked}`);
  const byServed = index.get(`model:${served}`);
  const byProvider = index.get(`provider:${place.provider}`);
  const byCredential = place.credential === undefined ? undefined : index.get(`credential:${place.credential}`);
  if (!byAsked && !byServed && !byProvider && !byCredential) return [];
  return [...(byAsked ?? []), ...(byServed ?? []), ...(byProvider ?? []), ...(byCredential ?? [])];
}

function isOf(payer: Payer, { scope }: Limit): boolean {
  return (
    (scope.key === undefined || scope.key === payer.key) &&
    (scope.user === undefined || scope.user === payer.user) &&
    (scope.team === undefined || scope.team === payer.team) &&
    (scope.organization === undefined || scope.organization === payer.organization) &&
    (scope.tag === undefined || payer.tags.includes(scope.tag))
  );
}

function sortOut(limits: readonly Limit[], payer: Payer): PayersPart {
  const always: Applicable[] = [];
  const depending: Limit[] = [];
  for (const limit of limits) {
    if (dependsOnRequest(limit)) depending.push(limit);
    else for (const owner of ownersAmong(limit.per, payer)) always.push(applicableOf(limit, owner));
  }
  return { always, depending };
}

function dependsOnRequest({ scope, per }: Limit): boolean {
  const ofRequest = per === 'provider' || per === 'model' || per === 'session';
  return ofRequest || scope.provider !== undefined || scope.credential !== undefined || scope.model !== undefined;
}

function aimsAt({ scope }: Limit, { modelAsked, place }: Aim): boolean {
  if (scope.provider !== undefined && !matchesPattern(scope.provider, place.provider)) return false;
  if (scope.credential !== undefined && scope.credential !== place.credential) return false;
  if (scope.model === undefined) return true;
  return matchesPattern(scope.model, modelAsked) || matchesPattern(scope.model, servedName(place));
}

/** The model that answers once a budget is spent is not counted in it. */
function standsIn(limit: Limit, { modelAsked, place }: Aim): boolean {
  if (limit.kind !== 'budget' || limit.fallbackModel === undefined) return false;
  return limit.fallbackModel === modelAsked || limit.fallbackModel === servedName(place);
}

/** Whose accounts a limit is counted on: one, with `per: tag` one for each, or none where the request has no such thing. */
function ownersOf(per: Per | undefined, { caller, place }: Aim): readonly (string | undefined)[] {
  if (per === 'provider') return [place.provider];
  if (per === 'model') return [servedName(place)];
  if (per === 'session') return [sessionOf(caller)];
  return ownersAmong(per, caller.payer);
}

function ownersAmong(per: Per | undefined, payer: Payer): readonly (string | undefined)[] {
  if (per === undefined) return [undefined];
  if (per === 'tag') return [...new Set(payer.tags)];
  if (per === 'provider' || per === 'model' || per === 'session') return [];
  const owner = payer[per];
  return owner === undefined ? [] : [owner];
}

function applicableOf(limit: Limit, owner: string | undefined): Applicable {
  return { limit, owner, account: owner === undefined ? limit.account : `${limit.account}/${owner}` };
}

/** `provider/model`. */
export function servedName({ provider, model }: Place): string {
  return `${provider}/${model}`;
}

/** Clients choose these names, so they are cut: whoever sends long ones may share a count. */
const maxSessionLength = 128;

/** Requests that name no session are one session of their key. */
export function sessionOf({ session, payer }: Caller): string {
  return session?.slice(0, maxSessionLength) ?? `key ${payer.key ?? payer.user ?? ''}`;
}
