import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, moment, resourceId } from './values.ts';

/** What an agent presents. Its value is shown once and kept as a keyed hash only. */
export const virtualKey = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people and records. Default: the id.'),
  user: resourceId.optional().describe('Whose key it is.'),
  team: resourceId.optional().describe('The team it counts for. Default: the only team of its user.'),
  organization: resourceId.optional().describe('The organization of a key without a team. With a team, the team’s.'),
  service: z.boolean().default(false).describe('A key of a program, not of a person.'),
  expires: moment.optional().describe('When it stops working.'),
  ...grant,
});

export type VirtualKeyResource = z.output<typeof virtualKey>;
