import { z } from 'zod';
import { milliseconds } from './config-values.ts';

const millisecondsOrOff = z.union([milliseconds, z.literal('off')], {
  error: 'must be milliseconds from 1 to 86400000, or `off`',
});

const fields = {
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .describe('How many attempts one request may make, over all deployments. Default: `server.max_attempts`.'),
  rounds: z
    .int()
    .min(1)
    .max(10)
    .describe(
      'How often the plan may be gone through. From the second time on, only those are tried again that failed in a way which may be over in a moment, after a pause.',
    ),
  backoff_ms: milliseconds.describe(
    'Longest pause before the second round; it doubles with each further one. How much of it is waited is left to chance, so that requests do not come back all at once.',
  ),
  max_backoff_ms: milliseconds.describe(
    'Longest pause before any round. Who asks to be left alone for longer, by `Retry-After` or by having failed often, is not tried again.',
  ),
  first_byte_timeout_ms: milliseconds.describe(
    'How long the first byte of a streamed answer may take while there is another deployment to try in its place. Never longer than `server.headers_timeout_ms`.',
  ),
  first_token_timeout_ms: millisecondsOrOff.describe(
    'How long a streamed answer may take to begin before the next deployment is tried in its place. `off`: as long as `server.headers_timeout_ms`.',
  ),
  hedge_after_ms: millisecondsOrOff.describe(
    'How long a streamed answer may take to begin before the next deployment is asked beside it. Whoever begins first answers; the other one is cancelled, and what it has used is paid.',
  ),
  deadline_ms: millisecondsOrOff.describe(
    'How long all attempts of a request together may take until an answer begins. `off`: as long as the caller waits.',
  ),
  resume: z
    .enum(['on', 'off'])
    .describe(
      'Whether another deployment goes on, in the same stream, with an answer that broke off, where the agent notices nothing of it (Codex). `off`: the agent is told of the failure and asks again by itself.',
    ),
};

/** What becomes of a request when a deployment fails it or is slow. */
export const failover = z.strictObject({
  max_attempts: fields.max_attempts.optional(),
  rounds: fields.rounds.default(2),
  backoff_ms: fields.backoff_ms.default(250),
  max_backoff_ms: fields.max_backoff_ms.default(2_000),
  first_byte_timeout_ms: fields.first_byte_timeout_ms.default(90_000),
  first_token_timeout_ms: fields.first_token_timeout_ms.default('off'),
  hedge_after_ms: fields.hedge_after_ms.default('off'),
  deadline_ms: fields.deadline_ms.default('off'),
  resume: fields.resume.default('on'),
});

/** The same for one name of `models`. What it leaves out is as for all. */
export const aliasFailover = z.strictObject(fields).partial();

/** The section `failover`, checked. */
export type FailoverEntry = z.output<typeof failover>;

/** `failover` of one name, checked. */
export type AliasFailoverEntry = z.output<typeof aliasFailover>;
