import { z } from 'zod';
import { modelAbilities } from './config-provider.ts';
import { weight } from './config-values.ts';

const deployment = z
  .string()
  .min(1, 'is empty')
  .regex(/^\S+$/, 'must not contain spaces')
  .describe('`provider/model`: a provider of this document, and its own name of the model.');

/** How a choice is made among the targets of a model alias, or of a group of them. */
export const strategyNames = ['priority', 'weighted'] as const;

export type StrategyName = (typeof strategyNames)[number];

const strategy = z
  .enum(strategyNames)
  .optional()
  .describe(
    'How one of the targets is chosen. `priority`: in their order. `weighted`: by their weights, each session always the same one. Default: `weighted` where a target has a weight, else `priority`.',
  );

/** One entry of `targets`: a deployment, or a group of them. */
export type TargetEntry = string | WrittenTarget;

/** Exactly one of `target` and `group` is there; `targets` and `strategy` only with `group`. */
export interface WrittenTarget {
  readonly target?: string | undefined;
  readonly group?: string | undefined;
  readonly weight?: number | undefined;
  readonly strategy?: StrategyName | undefined;
  readonly targets?: readonly TargetEntry[] | undefined;
}

const forms = '`provider/model`, `{ target, weight }` or `{ group, targets }`';

const written = z
  .strictObject({
    target: deployment.optional(),
    group: z
      .string()
      .min(1, 'is empty')
      .regex(/^[^\s/]+$/, 'must not contain spaces or slashes')
      .optional()
      .describe(
        'A name of your choice, for targets among which a choice is made by itself, such as those of a region.',
      ),
    weight: weight
      .optional()
      .describe(
        'How much of the sessions it gets, against the others beside it. Default: 1. 0: only when no other can answer.',
      ),
    strategy,
    get targets() {
      return targetEntries.optional().describe('The targets of the group: as of the model.');
    },
  })
  .superRefine(({ target, group, strategy: chosen, targets }, context) => {
    const complain = (message: string, ...path: string[]): void => {
      context.addIssue({ code: 'custom', message, path });
    };
    if ((target === undefined) === (group === undefined)) complain(`must be ${forms}`);
    else if (group !== undefined && targets === undefined) complain('needs `targets`, as it is a group');
    else if (target !== undefined && targets !== undefined)
      complain('belongs to a `group`, not to a target', 'targets');
    else if (target !== undefined && chosen !== undefined)
      complain('belongs to a `group`, not to a target', 'strategy');
  });

const targetEntries: z.ZodType<readonly TargetEntry[], readonly TargetEntry[]> = z
  .array(z.union([deployment, written], { error: `must be ${forms}` }))
  .min(1, 'needs at least one target');

/** One entry of `models`. */
export const modelAlias = z.strictObject({
  targets: targetEntries.describe(
    'Where the name leads: `provider/model`, `{ target, weight }`, or `{ group, weight, strategy, targets }`.',
  ),
  strategy,
  affinity: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether a session stays with the target and key that it has got, for the sake of prompt caches. `off`: each request is chosen for anew.',
    ),
  fallbacks: z.array(deployment).default([]).describe('Tried in order when no target can answer.'),
  abilities: modelAbilities
    .optional()
    .describe('What agents are told of the model and may use of it, instead of what is known of its targets.'),
});

/** One entry of `models`, checked. */
export type ModelAliasEntry = z.output<typeof modelAlias>;
