import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, resourceId } from './values.ts';

/** A person who calls through keys or tokens. */
export const user = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people. Default: the id.'),
  email: z.email().max(254).optional().describe('Where to reach the person.'),
  teams: z
    .array(resourceId)
    .max(50)
    .default([])
    .describe('Teams the user is a member of. Keys name the one they count for; with one team that one is meant.'),
  organization: resourceId.optional().describe('The organization of a user without a team.'),
  ...grant,
});

export type User = z.output<typeof user>;
