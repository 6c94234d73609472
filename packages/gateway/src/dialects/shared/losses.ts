import type { OpaqueItem } from '../../core/items.ts';
import type { Loss } from '../../core/loss.ts';

/** Collects what could not be said, each thing once: a long history would repeat the same loss in every turn. */
export interface LossList {
  readonly hint: (what: string, why: string) => void;
  readonly meaning: (what: string, why: string) => void;
  all(): readonly Loss[];
}

export function createLossList(): LossList {
  const byName = new Map<string, Loss>();

  /** What was lost here as a hint and there as meaning is lost as meaning. */
  function add(loss: Loss): void {
    const known = byName.get(loss.what);
    if (!known || (known.weight === 'hint' && loss.weight === 'meaning')) byName.set(loss.what, loss);
  }

  return {
    hint: (what, why) => add({ weight: 'hint', what, why }),
    meaning: (what, why) => add({ weight: 'meaning', what, why }),
    all: () => [...byName.values()],
  };
}

/** For those who write what cannot be lost. */
export const noLosses: LossList = { hint: () => {}, meaning: () => {}, all: () => [] };

/** Items that only tell how an answer came about: who reads on misses nothing. */
const remarks: ReadonlySet<string> = new Set(['fallback']);

/** Where more can be said than that nobody else knows it. The AI SDK sends references unless it is told not to. */
const whyUnknown: Readonly<Record<string, string>> = {
  item_reference: 'it names an item that is stored elsewhere: send the items themselves, with `store: false`',
};

/** Notes an item that only its own dialect knows. It may stand for anything, also for all turns before it, so it is meaning unless we know better. */
export function loseOpaque({ dialect, value }: OpaqueItem, losses: LossList): void {
  const type = typeof value['type'] === 'string' ? value['type'] : 'unknown';
  const why = whyUnknown[type] ?? `only the ${dialect} API knows an item of type ${type}`;
  if (remarks.has(type)) losses.hint(`item.${type}`, why);
  else losses.meaning(`item.${type}`, why);
}
