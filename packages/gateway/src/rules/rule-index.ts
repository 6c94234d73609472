import type { RuleFacts } from './facts.ts';
import type { Read } from './terms.ts';
import type { Rule } from './rule.ts';

/** Finds the rules that may hold for a request among many, without looking at each. */
export interface RuleIndex {
  /** Their positions from this one on, in their order. */
  candidates(facts: RuleFacts, from?: number): readonly number[];
}

interface Shelf {
  readonly read: Read;
  readonly byValue: Map<unknown, number[]>;
}

/** Conditions that must find something at the same place share a look at it; those without a gate are candidates always. */
export function createRuleIndex(rules: readonly Rule[]): RuleIndex {
  const shelves = new Map<string, Shelf>();
  const always: number[] = [];
  for (const [position, { condition }] of rules.entries()) {
    const { gate } = condition;
    if (!gate) {
      always.push(position);
      continue;
    }
    const shelf = shelves.get(gate.path) ?? { read: gate.read, byValue: new Map<unknown, number[]>() };
    shelves.set(gate.path, shelf);
    for (const value of new Set(gate.values)) shelf.byValue.set(value, [...(shelf.byValue.get(value) ?? []), position]);
  }
  const all = [...shelves.values()];

  return {
    candidates(facts, from = 0) {
      let found: readonly number[] = always;
      for (const { read, byValue } of all) {
        const value = read(facts);
        for (const each of Array.isArray(value) ? value : [value]) found = merged(found, byValue.get(each) ?? none);
      }
      return from === 0 ? found : found.filter((position) => position >= from);
    },
  };
}

const none: readonly number[] = [];

/** Two lists in order as one, with each position once. */
function merged(one: readonly number[], other: readonly number[]): readonly number[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  const both: number[] = [];
  for (let [at, otherAt] = [0, 0]; at < one.length || otherAt < other.length;) {
    const [next = Infinity, otherNext = Infinity] = [one[at], other[otherAt]];
    both.push(Math.min(next, otherNext));
    if (next <= otherNext) at += 1;
    if (otherNext <= next) otherAt += 1;
  }
  return both;
}
