import { z } from 'zod';

/** Tokens for Google Cloud. Empty: with whatever Google's own library finds. Needs the package `google-auth-library`. */
export const googleAuth = z.strictObject({
  credentials_file: z
    .string()
    .min(1, 'is empty')
    .optional()
    .describe('Path of a key file: of a service account, or of a workload identity. Default: what the library finds.'),
});

/** A `google` section, checked. */
export type GoogleAuthEntry = z.output<typeof googleAuth>;
