import { notSupported } from './failure.ts';
import type { LiteLlmRoute } from './route.ts';

/** What LiteLLM manages and we do not, or elsewhere. An answer that says so is better than none. */
const families: readonly (readonly [prefix: string, what: string, instead: string])[] = [
  ['/customer', 'Managing customers (end users)', 'Make a user and a virtual key for each: /user/new.'],
  ['/end_user', 'Managing customers (end users)', 'Make a user and a virtual key for each: /user/new.'],
  [
    '/tag',
    'Managing tags',
    'Tags are set on keys, users, teams and organizations; budgets of tags are made in the admin API.',
  ],
  ['/project', 'Managing projects', 'Use teams.'],
];

const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

export function unsupportedRoutes(): readonly LiteLlmRoute[] {
  return families.flatMap(([prefix, what, instead]) =>
    methods.map((method): LiteLlmRoute => ({
      method,
      path: `${prefix}/{action}`,
      permission: 'resources:read',
      async handle() {
        throw notSupported(what, instead);
      },
    })),
  );
}
