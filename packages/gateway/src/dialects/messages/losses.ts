import type { Loss } from '../../core/loss.ts';

/** Collects what could not be said. Each thing is told once, however often it happens in a long history. */
export interface LossList {
  hint(what: string, why: string): void;
  meaning(what: string, why: string): void;
  readonly all: readonly Loss[];
}

export function createLossList(): LossList {
  const byName = new Map<string, Loss>();
  function add(loss: Loss): void {
    if (byName.get(loss.what)?.weight !== 'meaning') byName.set(loss.what, loss);
  }
  return {
    hint: (what, why) => add({ weight: 'hint', what, why }),
    meaning: (what, why) => add({ weight: 'meaning', what, why }),
    get all() {
      return [...byName.values()];
    },
  };
}
