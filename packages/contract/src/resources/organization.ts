import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, resourceId } from './values.ts';

/** The top of the tree: whoever pays. */
export const organization = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people. Default: the id.'),
  ...grant,
});

export type Organization = z.output<typeof organization>;
