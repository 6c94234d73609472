import { z } from 'zod';

const text = z.string().min(1, 'is empty');

/** Entra ID tokens. Empty: with whatever Azure's own library finds. Needs the package `@azure/identity`. */
export const azureAuth = z
  .strictObject({
    tenant_id: text.optional().describe('The tenant of the application.'),
    client_id: text.optional().describe('The application, or a managed identity that the user assigned.'),
    client_secret: text
      .optional()
      .describe('The application’s secret: `env:NAME`, `file:PATH`, or the value itself. Needs the other two.'),
    scope: text.optional().describe('What the token is for. Default: `https://cognitiveservices.azure.com/.default`.'),
  })
  .refine(
    (auth) => auth.client_secret === undefined || (auth.tenant_id !== undefined && auth.client_id !== undefined),
    'has a `client_secret` without the `tenant_id` and `client_id` that it belongs to',
  );

/** An `azure` section, checked. */
export type AzureAuthEntry = z.output<typeof azureAuth>;
