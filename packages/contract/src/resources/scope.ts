import { z } from 'zod';
import { namePattern, resourceId, tag } from './values.ts';

/** What a limit applies to: every field must match. An empty scope is the whole gateway. */
export const scope = z
  .strictObject({
    key: resourceId.optional().describe('A virtual key’s id.'),
    user: resourceId.optional().describe('A user’s id.'),
    team: resourceId.optional().describe('A team’s id.'),
    organization: resourceId.optional().describe('An organization’s id.'),
    provider: namePattern.optional().describe('A provider’s name or a pattern.'),
    model: namePattern
      .optional()
      .describe('The name asked for, or `provider/model` as it is served. `*` matches any run of characters.'),
    credential: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]*#[A-Za-z0-9][A-Za-z0-9._-]*$/,
        'must name a key as records do: `openai#second`',
      )
      .max(130)
      .optional()
      .describe('One of a provider’s keys, as records name it: `openai#second`.'),
    tag: tag.optional().describe('A label that a key, a user, a team or an organization carries.'),
  })
  .describe('What it applies to: every field must match. Empty: everything.');

export type Scope = z.output<typeof scope>;

/** Counts apart for each of these inside the scope: `per: user` in a team gives each member an allowance. */
export const per = z
  .enum(['key', 'user', 'team', 'organization', 'provider', 'model', 'tag', 'session'])
  .optional()
  .describe('Counts apart for each of these within the scope.');

/** `enforce` refuses; `shadow` only writes down that it would have. */
export const enforcement = z
  .enum(['enforce', 'shadow'])
  .default('enforce')
  .describe('`shadow` lets requests pass and records that they would have been refused.');
