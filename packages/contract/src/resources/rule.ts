import { z } from 'zod';
import { modelParameters } from '../config-names.ts';
import { enforcement } from './scope.ts';
import { displayName, modelTarget, resourceId, tag } from './values.ts';

/** Agents show it in a terminal. */
const refusal = z
  .string()
  .min(1, 'is empty')
  .max(1_000)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');

const effects = z
  .strictObject({
    model: modelTarget
      .optional()
      .describe(
        'A name of `models` or `provider/model` that serves the request instead of the one that was asked for.',
      ),
    group: z
      .string()
      .min(1, 'is empty')
      .max(200)
      .optional()
      .describe('A group of targets: only deployments in it serve the request.'),
    fallbacks: z
      .array(modelTarget)
      .max(20)
      .default([])
      .describe('Names of `models` or `provider/model` that are tried when nothing else can answer.'),
    parameters: modelParameters.optional().describe('What is set in the request, whatever the agent has asked for.'),
    require_tags: z
      .array(tag)
      .max(32)
      .default([])
      .describe('Labels that a provider must have to get the request, besides those that the caller must keep to.'),
    refuse: refusal.optional().describe('Refuses the request. The message is shown to whoever sits at the agent.'),
  })
  .superRefine(({ refuse, fallbacks, require_tags: tags, ...others }, context) => {
    const doesMore = Object.values(others).some((effect) => effect !== undefined) || fallbacks.length + tags.length > 0;
    if (refuse === undefined && !doesMore)
      context.addIssue({ code: 'custom', message: 'says nothing that is to be done' });
    if (refuse !== undefined && doesMore)
      context.addIssue({
        code: 'custom',
        path: ['refuse'],
        message: 'stands alone: what is refused needs nothing else',
      });
  })
  .describe('What is done with a request for which the condition holds.');

/** Nobody oversees more, and all of them are made ready when the configuration changes. */
export const maxRules = 2_000;

/** What is done with requests for which a condition holds. */
export const rule = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('What it is called in records and metrics. Default: the id.'),
  description: z.string().max(2_000).optional().describe('Why there is such a rule, for those who come later.'),
  when: z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(8_000)
    .describe(
      'The condition, an expression in CEL that is true or false: `team.id == "core" && input_tokens > 100000`.',
    ),
  do: effects,
  chain: z
    .boolean()
    .default(false)
    .describe(
      'The rules behind it are looked at, too, and see what it has changed. Else the first that holds is the last.',
    ),
  priority: z
    .int()
    .min(-1_000)
    .max(1_000)
    .default(0)
    .describe(
      'Those with a smaller number are looked at first. Among equals the rules of the configuration document come first, in their order, and then the others in the order of their ids.',
    ),
  mode: enforcement.describe('`shadow` changes nothing and writes down what would have been done.'),
  disabled: z.boolean().default(false).describe('Is not looked at for now.'),
});

/** A rule, checked. */
export type RuleResource = z.output<typeof rule>;
