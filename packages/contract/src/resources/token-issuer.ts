import { z } from 'zod';
import { grant } from './grant.ts';
import { displayName, resourceId } from './values.ts';

const claimName = z.string().min(1).max(200);

/** A word, or claims between braces: `{email}`, `{realm_access.team}`. */
const template = z.string().min(1).max(200);

const rule = z.strictObject({
  when: z
    .record(claimName, z.union([z.string().max(500), z.array(z.string().max(500)).min(1).max(100)]))
    .default({})
    .describe(
      'Claims and patterns that they must match; `*` matches any run of characters. A list of claims matches if one of its members does. Empty: every token.',
    ),
  user: template.default('{sub}').describe('Who the caller is. Need not be a known user.'),
  team: template.optional().describe('The team it counts for. Must be a known team.'),
  organization: template.optional().describe('The organization of a caller without a team. Must be known.'),
  ...grant,
});

/** Where short-lived bearer tokens (JWT) come from, and what their bearers may do. */
export const tokenIssuer = z.strictObject({
  id: resourceId.describe('What it is known by, for good.'),
  name: displayName.optional().describe('For people. Default: the id.'),
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('The `iss` of its tokens. Keys are found by OIDC discovery below it.'),
  jwks_uri: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .describe('Where its public keys are, if it has no OIDC discovery.'),
  audiences: z
    .array(z.string().min(1).max(500))
    .min(1, 'needs at least one audience, or every token of the issuer would be let in')
    .max(50)
    .describe('The token’s `aud` must be one of these.'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .describe('How its tokens may be signed.'),
  allow_private: z
    .boolean()
    .default(false)
    .describe('May be reached at private and link-local addresses. Loopback is always allowed.'),
  clock_skew_s: z.int().min(0).max(600).default(60).describe('How many seconds its clock may differ from ours.'),
  rules: z
    .array(rule)
    .min(1, 'needs at least one rule')
    .max(200)
    .describe('What a token’s bearer is. The first that matches holds; without a match the token is refused.'),
  disabled: z.boolean().default(false).describe('Refuse its tokens for now.'),
});

export type TokenIssuer = z.output<typeof tokenIssuer>;
