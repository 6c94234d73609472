import type { z } from 'zod';
import { rule } from './resources/rule.ts';
import { nameForId, resourceId } from './resources/values.ts';

/** A rule as the document has it: with its name in place of an id if that will do. */
export const ruleEntry = rule
  .extend({ id: resourceId.optional().describe('What it is known by, for good. Default: the name.') })
  .superRefine(nameForId('rule'));

/** One entry of `rules`, checked. */
export type RuleEntry = z.output<typeof ruleEntry>;
