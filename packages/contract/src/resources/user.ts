import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, resourceId } from './values.ts';

/** A person who calls through keys or tokens. */
export const user = z.strictObject({
  id: resourceId,
  name: displayName.optional().describe('For people. Default: the id.'),
  email: z.email().max(254).optional(),
  teams: z
    .array(resourceId)
    .max(50)
    .default([])
    .describe('Teams the user is a member of. Keys name the one they count for; with one team that one is meant.'),
  organization: resourceId.optional().describe('The organization of a user without a team.'),
  ...grant,
});

export type User = z.output<typeof user>;
