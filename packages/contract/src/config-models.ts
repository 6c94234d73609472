import { z } from 'zod';
import { aliasFailover } from './config-failover.ts';
import { deprecation, modelParameters, type ModelParametersEntry, namesByKind } from './config-names.ts';
import { modelAbilities } from './config-provider.ts';
import { weight, word } from './config-values.ts';

const deployment = word.describe(
  '`provider/model`: a provider of this document, and its own name of the model. Or another name of `models`, which stands there as a group of all that it leads to.',
);

/** How a choice is made among the targets of a model alias, or of a group of them. */
export const strategyNames = [
  'priority',
  'weighted',
  'round-robin',
  'least-busy',
  'lowest-latency',
  'lowest-cost',
] as const;

export type StrategyName = (typeof strategyNames)[number];

const strategy = z
  .enum(strategyNames)
  .optional()
  .describe(
    'How one of the targets is chosen. `priority`: in their order. `weighted`: by their weights, each session always the same one. `round-robin`: new sessions by turns. `least-busy`: new sessions where the fewest requests run. `lowest-latency`: new sessions where answers come fastest. `lowest-cost`: new sessions where tokens are cheapest. Default: `weighted` where a target has a weight, else `priority`.',
  );

/** One entry of `targets`: a deployment, or a group of them. */
export type TargetEntry = string | WrittenTarget;

/** Exactly one of `target` and `group` is there; `targets` and `strategy` only with `group`, `parameters` only with `target`. */
export interface WrittenTarget {
  readonly target?: string | undefined;
  readonly group?: string | undefined;
  readonly weight?: number | undefined;
  readonly strategy?: StrategyName | undefined;
  readonly targets?: readonly TargetEntry[] | undefined;
  readonly parameters?: ModelParametersEntry | undefined;
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
    parameters: modelParameters.optional().describe('What is set in requests there, instead of what the model sets.'),
  })
  .superRefine(({ target, group, strategy: chosen, targets, parameters }, context) => {
    const complain = (message: string, ...path: string[]): void => {
      context.addIssue({ code: 'custom', message, path });
    };
    if ((target === undefined) === (group === undefined)) complain(`must be ${forms}`);
    else if (group !== undefined && targets === undefined) complain('needs `targets`, as it is a group');
    else if (target !== undefined && targets !== undefined)
      complain('belongs to a `group`, not to a target', 'targets');
    else if (target !== undefined && chosen !== undefined)
      complain('belongs to a `group`, not to a target', 'strategy');
    else if (group !== undefined && parameters !== undefined)
      complain('belongs to a target, not to a `group`', 'parameters');
  });

const targetEntries: z.ZodType<readonly TargetEntry[], readonly TargetEntry[]> = z
  .array(z.union([deployment, written], { error: `must be ${forms}` }))
  .min(1, 'needs at least one target');

const targets = targetEntries.describe(
  'Where the name leads: `provider/model` or another name, `{ target, weight, parameters }`, or `{ group, weight, strategy, targets }`. Where the name has a `*`, one here is what it stands for.',
);

const alias = {
  strategy,
  affinity: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether a session stays with the target and key that it has got, for the sake of prompt caches. `off`: each request is chosen for anew.',
    ),
  fallbacks: z
    .array(deployment)
    .default([])
    .describe('Tried in order when no target can answer: `provider/model`, or other names of `models`.'),
  abilities: modelAbilities
    .optional()
    .describe('What agents are told of the model and may use of it, instead of what is known of its targets.'),
  parameters: modelParameters.optional().describe('What is set in requests, whatever the agent asks for.'),
  failover: aliasFailover.optional().describe('What of `failover` is different for this name.'),
  for: namesByKind
    .optional()
    .describe('Names where some kinds of requests go instead, as far as the agent tells what a request is for.'),
};

/** An alias as somebody may have one for themselves. */
export const ownAlias = z.strictObject({ targets, ...alias });

/** One entry of `models`. */
export const modelAlias = z
  .strictObject({
    targets: targets.default([]),
    ...alias,
    deprecated: deprecation.optional().describe('That the name is going, and which one takes its place.'),
  })
  .superRefine(({ targets: places, deprecated }, context) => {
    if (places.length > 0 || (deprecated && deprecated.from === undefined)) return;
    const until = deprecated ? ', which are used until then' : '';
    context.addIssue({ code: 'custom', path: ['targets'], message: `needs at least one target${until}` });
  });

/** One entry of `models`, checked. */
export type ModelAliasEntry = z.output<typeof modelAlias>;

/** One entry of somebody's own, checked. */
export type OwnAliasEntry = z.output<typeof ownAlias>;
