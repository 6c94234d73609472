import { z } from 'zod';
import { ownAlias } from '../config-models.ts';
import { modelAliasName } from '../config-values.ts';
import { modelTarget } from './values.ts';

/** What a name means to somebody: another name, or places of its own. */
const ownMeaning = z.union([modelTarget, ownAlias], {
  error: 'must be a name, or an alias with `targets` like those of `models`',
});

/** Names that mean something else to some callers than to all others. */
export const modelAliases = z
  .record(modelAliasName, ownMeaning)
  .refine((names) => Object.keys(names).length <= 200, 'has more than 200 names')
  .default({})
  .describe(
    'What model names mean here: another name, or an alias as under `models`, with targets and weights of its own. The nearest level that has the name holds.',
  );

/** Names of one level and what they mean there. */
export type ModelAliasesEntry = z.output<typeof modelAliases>;
