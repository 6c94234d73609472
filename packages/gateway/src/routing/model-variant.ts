import type { Snapshot } from '../config/snapshot.ts';

/** A model's name without an ending that says how to choose among its providers. */
export interface ModelVariant {
  readonly model: string;
  /** `floor`: the cheapest first. `nitro`: the fastest first. */
  readonly variant?: 'floor' | 'nitro';
}

/** Splits `:floor` and `:nitro` off, unless a configured name ends so itself. */
export function variantOf(name: string, { aliases }: Pick<Snapshot, 'aliases'>): ModelVariant {
  if (aliases.has(name)) return { model: name };
  const match = /^(.+):(floor|nitro)$/.exec(name);
  if (match?.[1] === undefined) return { model: name };
  return { model: match[1], variant: match[2] === 'floor' ? 'floor' : 'nitro' };
}
