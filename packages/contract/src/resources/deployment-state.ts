import { z } from 'zod';
import { providerName } from '../config-values.ts';
import { displayName, metadata, moment, namePattern, resourceId } from './values.ts';

/** What an operator says of deployments by hand. Of several that fit one deployment, `disabled` holds. */
export const deploymentState = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people. Default: the id.'),
  provider: providerName.describe('The provider’s name.'),
  model: namePattern
    .optional()
    .describe('The provider’s own name of a model, or a pattern: `*` matches any run of characters. Default: all.'),
  credential: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._#-]{0,128}$/, 'must be the name of a key, as in `second` or `openai#second`')
    .optional()
    .describe('One of the provider’s keys, as records name it: `openai#second`, or only `second`. Default: all.'),
  state: z
    .enum(['disabled', 'draining'])
    .describe('`disabled`: never tried. `draining`: takes no new sessions, and goes on with those that it has.'),
  reason: displayName.optional().describe('Why, for colleagues and for callers who are refused because of it.'),
  until: moment.optional().describe('When it ends by itself.'),
  metadata,
});

export type DeploymentState = z.output<typeof deploymentState>;
