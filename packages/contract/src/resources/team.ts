import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, resourceId } from './values.ts';

/** People and keys that share budgets and rules. */
export const team = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people. Default: the id.'),
  organization: resourceId.optional().describe('The organization it belongs to.'),
  ...grant,
});

export type Team = z.output<typeof team>;
