import { z } from 'zod';
import { modelAbilities } from './config-provider.ts';
import { weight } from './config-values.ts';

const deployment = z
  .string()
  .min(1, 'is empty')
  .regex(/^\S+$/, 'must not contain spaces')
  .describe('`provider/model`: a provider of this document, and its own name of the model.');

const weightedTarget = z.strictObject({
  target: deployment,
  weight: weight
    .default(1)
    .describe('How much of the sessions it gets, against the other targets. 0: only when no other target can answer.'),
});

/** How a choice is made among the targets of a model alias. */
export const strategyNames = ['priority', 'weighted'] as const;

export type StrategyName = (typeof strategyNames)[number];

/** One entry of `models`. */
export const modelAlias = z.strictObject({
  targets: z
    .array(z.union([deployment, weightedTarget], { error: 'must be `provider/model` or `{ target, weight }`' }))
    .min(1, 'needs at least one target')
    .describe('Where the name leads: `provider/model`, or `{ target, weight }`.'),
  strategy: z
    .enum(strategyNames)
    .optional()
    .describe(
      'How one of the targets is chosen. `priority`: in their order. `weighted`: by their weights, each session always the same one. Default: `weighted` where a target has a weight, else `priority`.',
    ),
  fallbacks: z.array(deployment).default([]).describe('Tried in order when no target can answer.'),
  abilities: modelAbilities
    .optional()
    .describe('What agents are told of the model and may use of it, instead of what is known of its targets.'),
});

/** One entry of `models`, checked. */
export type ModelAliasEntry = z.output<typeof modelAlias>;
