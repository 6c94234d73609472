import { z } from 'zod';

const text = z.string().min(1, 'is empty');

/** How requests to an AWS service are signed. Empty: with whatever AWS's own library finds. */
export const awsAuth = z
  .strictObject({
    access_key_id: text.optional().describe('An access key’s id: `env:NAME`, `file:PATH`, or the value itself.'),
    secret_access_key: text.optional().describe('The access key’s secret, written likewise.'),
    session_token: text.optional().describe('The session token of temporary credentials, written likewise.'),
    profile: text
      .optional()
      .describe('A profile of AWS’s shared configuration files. Needs the package `@aws-sdk/credential-providers`.'),
    role_arn: text
      .optional()
      .describe('A role to assume with the credentials. Needs the package `@aws-sdk/credential-providers`.'),
    role_session_name: text
      .optional()
      .describe('What the role’s session is called in AWS’s logs. Default: `turnpike`.'),
    external_id: text.optional().describe('The external id that the role asks for.'),
  })
  .refine(
    (auth) => (auth.access_key_id === undefined) === (auth.secret_access_key === undefined),
    'has only one of `access_key_id` and `secret_access_key`; they belong together',
  )
  .refine(
    (auth) => auth.session_token === undefined || auth.access_key_id !== undefined,
    'has a `session_token` without the access key that it belongs to',
  )
  .refine(
    (auth) => auth.profile === undefined || auth.access_key_id === undefined,
    'has both a `profile` and an access key; keep one',
  );

/** An `aws` section, checked. */
export type AwsAuthEntry = z.output<typeof awsAuth>;
