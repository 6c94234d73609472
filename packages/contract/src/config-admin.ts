import { z } from 'zod';
import { displayName } from './resources/values.ts';

/** What holders of administrative tokens may do: everything, or look. */
export const adminRoles = ['admin', 'viewer'] as const;

export type AdminRole = (typeof adminRoles)[number];

const adminToken = z.strictObject({
  name: displayName.describe('Whose it is: what the audit log calls them.'),
  value: z
    .string()
    .min(1, 'is empty')
    .describe('The token: `env:NAME`, `file:PATH`, or the value itself, at least 16 characters.'),
  role: z.enum(adminRoles).default('admin').describe('`viewer` may look at everything and change nothing.'),
});

/** Who may manage the gateway over its admin API. */
export const admin = z.strictObject({
  api: z.enum(['on', 'off']).default('on').describe('Whether the admin API is served, at /api.'),
  tokens: z
    .array(adminToken)
    .max(100)
    .default([])
    .describe(
      'Administrative tokens. Left out: TURNPIKE_ADMIN_TOKEN, or else one is made and kept in the data directory.',
    ),
});
