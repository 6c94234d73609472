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
      const lists: (readonly number[])[] = always.length > 0 ? [always] : [];
      for (const shelf of all) lookUp(shelf, facts, lists);
      const [first = none] = lists;
      // As nearly always.
      if (lists.length <= 1 && from === 0) return first;
      return [...new Set(lists.flat())].filter((position) => position >= from).toSorted((a, b) => a - b);
    },
  };
}

const none: readonly number[] = [];

/** Adds what is found at the shelf's place, or there for each of a list. Each find is in order. */
function lookUp({ read, byValue }: Shelf, facts: RuleFacts, into: (readonly number[])[]): void {
  const value = read(facts);
  for (const each of Array.isArray(value) ? value : [value]) {
    const found = byValue.get(each);
    if (found) into.push(found);
  }
}
