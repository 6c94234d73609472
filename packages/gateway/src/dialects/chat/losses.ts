import type { Loss } from '../../core/loss.ts';

/** Collects what could not be said, each thing once: a long history would repeat the same loss in every turn. */
export interface LossList {
  hint(what: string, why: string): void;
  meaning(what: string, why: string): void;
  readonly all: readonly Loss[];
}

export function createLossList(): LossList {
  const all = new Map<string, Loss>();

  function add(weight: Loss['weight'], what: string, why: string): void {
    const key = `${weight} ${what}`;
    if (!all.has(key)) all.set(key, { weight, what, why });
  }

  return {
    hint: (what, why) => add('hint', what, why),
    meaning: (what, why) => add('meaning', what, why),
    get all() {
      return [...all.values()];
    },
  };
}
