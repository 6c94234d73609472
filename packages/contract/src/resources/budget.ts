import { z } from 'zod';
import { dollars, limitCount, metadata, modelTarget, moment, resourceId, displayName } from './values.ts';
import { enforcement, per, scope } from './scope.ts';

/** LiteLLM's and people's words for windows, and ours. */
export const windowWords = {
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
} as const;

const increase = z.strictObject({
  dollars: dollars.optional().describe('How much more, in dollars.'),
  tokens: limitCount.optional().describe('How many more, in tokens.'),
  until: moment.describe('When the increase ends.'),
  reason: displayName.optional().describe('Why, for those who come later.'),
});

/** Money or tokens that may be spent in a window. Several may apply to one request; all must hold. */
export const budget = z
  .strictObject({
    id: resourceId.describe('What it is known by, for good.'),
    name: displayName.optional().describe('For people, and in refusals. Default: the id.'),
    scope: scope.prefault({}),
    per,
    dollars: dollars.optional().describe('Limit in dollars.'),
    tokens: limitCount.optional().describe('Limit in tokens, input and output together.'),
    every: z
      .enum(['hour', 'day', 'week', 'month', 'year', 'total'])
      .default('month')
      .describe('Length of the window. `total` never starts anew.'),
    rolling: z.boolean().default(false).describe('The window ends now, instead of starting anew with the calendar.'),
    time_zone: z
      .string()
      .refine(isTimeZone, 'is not a time zone such as Europe/Berlin')
      .default('UTC')
      .describe('Where days begin, for windows of the calendar.'),
    warn_at: z
      .array(z.number().gt(0).max(1))
      .max(10)
      .default([0.8])
      .describe('Shares of the limit at which an alert is raised.'),
    mode: enforcement,
    fallback_model: modelTarget
      .optional()
      .describe('A cheaper model that answers instead, once the budget is spent. It is not counted here.'),
    increases: z.array(increase).max(20).default([]).describe('Temporary additions to the limit.'),
    disabled: z.boolean().default(false).describe('Neither counts nor refuses for now.'),
    metadata,
  })
  .superRefine((value, context) => {
    const units = [value.dollars, value.tokens].filter((limit) => limit !== undefined).length;
    if (units !== 1) context.addIssue({ code: 'custom', message: 'needs a limit: either `dollars` or `tokens`' });
    for (const [index, { dollars, tokens }] of value.increases.entries()) {
      if (
        (dollars === undefined) === (value.dollars === undefined) &&
        (tokens === undefined) === (value.tokens === undefined)
      )
        continue;
      context.addIssue({ code: 'custom', path: ['increases', index], message: 'must be in the unit of the limit' });
    }
    if (value.rolling && value.every === 'total')
      context.addIssue({ code: 'custom', path: ['rolling'], message: 'means nothing for `total`' });
  });

export type Budget = z.output<typeof budget>;

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
