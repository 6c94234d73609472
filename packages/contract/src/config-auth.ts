import { z } from 'zod';
import { awsAuth } from './config-auth-aws.ts';
import { azureAuth } from './config-auth-azure.ts';
import { googleAuth } from './config-auth-google.ts';

/** How a cloud proves who calls, where a plain key does not do. A further kind is a file like `config-auth-aws.ts` and a line here. */
export const providerAuth = z
  .strictObject({
    aws: awsAuth.optional().describe('Requests are signed as AWS wants them (Signature Version 4).'),
    azure: azureAuth.optional().describe('Requests carry tokens of Azure’s Entra ID.'),
    google: googleAuth.optional().describe('Requests carry tokens of Google Cloud.'),
  })
  .refine((auth) => Object.keys(auth).length === 1, 'needs exactly one kind of credentials, such as `aws`');

/** An `auth` section, checked. */
export type ProviderAuthEntry = z.output<typeof providerAuth>;
