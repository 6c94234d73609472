import type { Budget } from '@turnpike/contract/resources/budget';
import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { Directory } from '../../identity/directory.ts';
import { addressOf, type Owner, sharedBudgetOf } from './owner.ts';

/** LiteLLM's limits that count in a minute, or at a time. */
export type RateName = 'tpm' | 'rpm' | 'parallel';

/** The limits of an owner, each in the place that LiteLLM has for it. What LiteLLM cannot say is in none of them, and holds all the same. */
export interface LimitSlots {
  readonly budget?: Budget;
  /** Only alerts. */
  readonly softBudget?: Budget;
  readonly windowBudgets: ReadonlyMap<Budget['every'], Budget>;
  readonly modelBudgets: ReadonlyMap<string, Budget>;
  readonly rates: ReadonlyMap<RateName, RateLimit>;
  readonly modelTokens: ReadonlyMap<string, RateLimit>;
  readonly modelRequests: ReadonlyMap<string, RateLimit>;
}

/** Finds the limits of owners. */
export interface LimitFinder {
  slotsOf(owner: Owner): LimitSlots;
  /** Ids of the shared budgets that there are. */
  sharedBudgets(): readonly string[];
}

interface Shelf {
  readonly budgets: Budget[];
  readonly rateLimits: RateLimit[];
}

/** Looks all limits through once, and again when one has changed: their number may be large, and lists ask for many owners. */
export function createLimitFinder(directory: Pick<Directory, 'list' | 'versionOf'>): LimitFinder {
  let held: { readonly version: string; readonly shelves: ReadonlyMap<string, Shelf> } | undefined;

  function shelves(): ReadonlyMap<string, Shelf> {
    const version = `${directory.versionOf('budgets')} ${directory.versionOf('rate_limits')}`;
    if (held?.version !== version) held = { version, shelves: shelve(directory) };
    return held.shelves;
  }

  return {
    slotsOf(owner) {
      const { budgets = [], rateLimits = [] } = shelves().get(addressOf(owner)) ?? {};
      return { ...budgetSlots(owner, budgets), ...rateSlots(rateLimits) };
    },
    sharedBudgets() {
      const tags = [...shelves().values()].flatMap(({ budgets, rateLimits }) =>
        [...budgets, ...rateLimits].flatMap(({ scope, per }) => (per === 'key' && scope.tag ? [scope.tag] : [])),
      );
      const ids = tags.flatMap((tag) => sharedBudgetOf([tag]) ?? []);
      return [...new Set(ids)].toSorted();
    },
  };
}

function shelve(directory: Pick<Directory, 'list'>): ReadonlyMap<string, Shelf> {
  const shelves = new Map<string, Shelf>();
  const shelfOf = (limit: Budget | RateLimit): Shelf | undefined => {
    if (limit.disabled || (limit.scope.provider ?? limit.scope.credential) !== undefined) return undefined;
    const address = addressOf(limit);
    const found = shelves.get(address);
    if (found) return found;
    const fresh: Shelf = { budgets: [], rateLimits: [] };
    shelves.set(address, fresh);
    return fresh;
  };
  for (const each of directory.list('budgets')) if (each.dollars !== undefined) shelfOf(each)?.budgets.push(each);
  for (const each of directory.list('rate_limits')) if (each.mode === 'enforce') shelfOf(each)?.rateLimits.push(each);
  return shelves;
}

/** What was made for one place stays in it; what the admin API or the document made gets the first that is free. */
function budgetSlots({ prefix }: Owner, budgets: readonly Budget[]) {
  const slots: { budget?: Budget; softBudget?: Budget } = {};
  const windowBudgets = new Map<Budget['every'], Budget>();
  const modelBudgets = new Map<string, Budget>();
  const own = budgets.find(({ id }) => id === `${prefix}:budget`);
  if (own) slots.budget = own;
  for (const budget of budgets) {
    if (budget === own) continue;
    if (budget.scope.model !== undefined) putIfFree(modelBudgets, budget.scope.model, budget);
    else if (budget.mode === 'shadow') slots.softBudget ??= budget;
    else if (budget.id === `${prefix}:budget:${budget.every}` || slots.budget)
      putIfFree(windowBudgets, budget.every, budget);
    else slots.budget = budget;
  }
  return { ...slots, windowBudgets, modelBudgets };
}

function rateSlots(rateLimits: readonly RateLimit[]) {
  const rates = new Map<RateName, RateLimit>();
  const modelTokens = new Map<string, RateLimit>();
  const modelRequests = new Map<string, RateLimit>();
  for (const rule of rateLimits) {
    const { model } = rule.scope;
    const name = rateNameOf(rule);
    if (name === undefined) continue;
    if (model === undefined) putIfFree(rates, name, rule);
    else if (name === 'tpm') putIfFree(modelTokens, model, rule);
    else if (name === 'rpm') putIfFree(modelRequests, model, rule);
  }
  return { rates, modelTokens, modelRequests };
}

function rateNameOf({ tokens, requests, concurrent_requests, every }: RateLimit): RateName | undefined {
  if (concurrent_requests !== undefined) return 'parallel';
  if (every !== 'minute') return undefined;
  if (tokens !== undefined) return 'tpm';
  return requests === undefined ? undefined : 'rpm';
}

function putIfFree<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
