import type { GoogleAuthEntry } from '@turnpike/contract/config-auth-google';
import type { GoogleAuth } from '../../providers/cloud/google.ts';

/** A `google` section as the provider takes it. */
export function googleAuthOf({ credentials_file: credentialsFile }: GoogleAuthEntry): GoogleAuth {
  return { kind: 'google', ...(credentialsFile === undefined ? {} : { credentialsFile }) };
}
