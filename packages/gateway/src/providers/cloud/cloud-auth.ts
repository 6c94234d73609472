import type { Authorizer } from '../authorizer.ts';
import { type AwsAuth, createAwsAuthorizer } from './aws.ts';

/** Credentials of a cloud, by kind. A further kind is a file like `aws.ts` and a line in each of these. */
export type CloudAuth = AwsAuth;

/** The kinds of clouds whose credentials can be used. */
export type CloudKind = CloudAuth['kind'];

/** What proves to a cloud who calls. */
export function createAuthorizer(auth: CloudAuth): Authorizer {
  return createAwsAuthorizer(auth);
}
