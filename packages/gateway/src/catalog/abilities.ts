import type { ModelFacts } from './catalog.ts';

/** What only some models can do, as their facts name it. */
export const abilityNames = [
  'tools',
  'images',
  'pdfs',
  'audio',
  'structuredOutput',
  'reasoning',
] as const satisfies readonly (keyof ModelFacts)[];

export type Ability = (typeof abilityNames)[number];

/** What some of several models are known to lack, so that a request is looked at for nothing else. */
export interface Gaps {
  readonly lacking: readonly Ability[];
  /** The context windows that are known, smallest first, each once. */
  readonly windows: readonly number[];
}

/** What is lacking somewhere among models with these facts. What is not known of a model is not lacking. */
export function gapsIn(models: Iterable<ModelFacts | undefined>): Gaps {
  const lacking = new Set<Ability>();
  const windows = new Set<number>();
  for (const facts of models) {
    if (!facts) continue;
    for (const name of abilityNames) if (facts[name] === false) lacking.add(name);
    if (facts.contextWindow !== undefined) windows.add(facts.contextWindow);
  }
  return {
    lacking: abilityNames.filter((name) => lacking.has(name)),
    windows: [...windows].sort((one, other) => one - other),
  };
}
