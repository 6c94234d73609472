import type { Authorizer } from '../authorizer.ts';
import { type AwsAuth, createAwsAuthorizer } from './aws.ts';
import { type AzureAuth, createAzureAuthorizer } from './azure.ts';
import { createGoogleAuthorizer, type GoogleAuth } from './google.ts';

/** Credentials of a cloud, by kind. A further kind is a file like `aws.ts` and a line in each of these. */
export type CloudAuth = AwsAuth | AzureAuth | GoogleAuth;

/** The kinds of clouds whose credentials can be used. */
export type CloudKind = CloudAuth['kind'];

/** What proves to a cloud who calls. */
export function createAuthorizer(auth: CloudAuth): Authorizer {
  switch (auth.kind) {
    case 'aws':
      return createAwsAuthorizer(auth);
    case 'azure':
      return createAzureAuthorizer(auth);
    default:
      return createGoogleAuthorizer(auth);
  }
}
