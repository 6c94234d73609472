import type { AdminRole } from '@turnpike/contract/config-admin';

/** What a caller of the admin API may be allowed to do. Every route names the one it needs. */
const permissions = [
  'resources:read',
  'resources:write',
  'keys:write',
  'records:read',
  'standings:read',
  'health:read',
  'routes:read',
  'audit:read',
] as const;

export type Permission = (typeof permissions)[number];

/** Roles of administrative tokens, and what they may do. */
export const roles = {
  admin: permissions,
  viewer: ['resources:read', 'records:read', 'standings:read', 'health:read', 'routes:read', 'audit:read'],
} as const satisfies Record<AdminRole, readonly Permission[]>;

/** Whether a role includes a permission. */
export function mayDo(role: AdminRole, permission: Permission): boolean {
  const allowed: readonly Permission[] = roles[role];
  return allowed.includes(permission);
}
