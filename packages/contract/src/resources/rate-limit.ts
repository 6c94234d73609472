import { z } from 'zod';
import { displayName, limitCount, metadata, resourceId } from './values.ts';
import { enforcement, per, scope } from './scope.ts';

const counted = [
  'requests',
  'tokens',
  'input_tokens',
  'output_tokens',
  'concurrent_requests',
  'concurrent_sessions',
] as const;

/** How fast something may be used. Several may apply to one request; all must hold. */
export const rateLimit = z
  .strictObject({
    id: resourceId.describe('What it is known by, for good.'),
    name: displayName.optional().describe('For people, and in refusals. Default: the id.'),
    scope: scope.prefault({}),
    per,
    requests: limitCount.min(1).optional().describe('How many requests in `every`.'),
    tokens: limitCount.min(1).optional().describe('Input and output together.'),
    input_tokens: limitCount.min(1).optional().describe('How many tokens of input in `every`.'),
    output_tokens: limitCount.min(1).optional().describe('How many tokens of output in `every`.'),
    concurrent_requests: limitCount.min(1).optional().describe('How many may run at the same time.'),
    concurrent_sessions: limitCount
      .min(1)
      .optional()
      .describe('How many sessions may be active. One is for `session_idle_s` after its last request.'),
    every: z
      .enum(['second', 'minute', 'hour', 'day'])
      .optional()
      .describe('The time in which so many are refilled. Not for concurrency.'),
    burst: limitCount
      .min(1)
      .optional()
      .describe('How many may come at once. Default: as many as are refilled in `every`.'),
    session_idle_s: z
      .int()
      .min(1)
      .max(86_400)
      .default(300)
      .describe('After how many seconds of silence a session is no longer active.'),
    queue_s: z.number().min(0).max(300).default(0).describe('Wait so many seconds for room before refusing.'),
    mode: enforcement,
    disabled: z.boolean().default(false).describe('Neither counts nor refuses for now.'),
    metadata,
  })
  .superRefine((value, context) => {
    const given = counted.filter((unit) => value[unit] !== undefined);
    if (given.length !== 1) context.addIssue({ code: 'custom', message: `needs one of: ${counted.join(', ')}` });
    const concurrency = given[0]?.startsWith('concurrent_') === true;
    if (!concurrency && value.every === undefined)
      context.addIssue({ code: 'custom', path: ['every'], message: 'is missing: second, minute, hour or day' });
    if (concurrency && value.every !== undefined)
      context.addIssue({ code: 'custom', path: ['every'], message: 'means nothing for concurrency' });
    if (concurrency && value.burst !== undefined)
      context.addIssue({ code: 'custom', path: ['burst'], message: 'means nothing for concurrency' });
  });

export type RateLimit = z.output<typeof rateLimit>;
