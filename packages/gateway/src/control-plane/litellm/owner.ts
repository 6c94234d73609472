import type { Scope } from '@turnpike/contract/resources/scope';
import type { Per } from '../../ledger/limits.ts';

/** Whose limits are meant. */
export interface Owner {
  readonly scope: Pick<Scope, 'key' | 'user' | 'team' | 'organization' | 'tag'>;
  /** Counted apart for each of these. */
  readonly per?: Extract<Per, 'key' | 'user'>;
  /** Beginning of the ids of its limits. */
  readonly prefix: string;
}

export const keyOwner = (key: string): Owner => ({ scope: { key }, prefix: `key:${key}` });
export const userOwner = (user: string): Owner => ({ scope: { user }, prefix: `user:${user}` });
export const teamOwner = (team: string): Owner => ({ scope: { team }, prefix: `team:${team}` });
export const organizationOwner = (organization: string): Owner => ({
  scope: { organization },
  prefix: `organization:${organization}`,
});

/** Each member of a team. */
export const membersOwner = (team: string): Owner => ({ scope: { team }, per: 'user', prefix: `team:${team}:member` });

/** One member of a team. */
export const memberOwner = (team: string, user: string): Owner => ({
  scope: { team, user },
  prefix: `team:${team}:user:${user}`,
});

/** One member of an organization. */
export const organizationMemberOwner = (organization: string, user: string): Owner => ({
  scope: { organization, user },
  prefix: `organization:${organization}:user:${user}`,
});

const sharedPrefix = 'budget-id:';

/** The tag of the keys that have a shared budget. */
export const sharedBudgetTag = (budgetId: string) => sharedPrefix + budgetId;

/** Whether a tag is that of a shared budget. */
export const isSharedBudgetTag = (tag: string) => tag.startsWith(sharedPrefix);

/** The first shared budget among tags. */
export function sharedBudgetOf(tags: readonly string[]): string | undefined {
  return tags.find(isSharedBudgetTag)?.slice(sharedPrefix.length);
}

/** A budget that LiteLLM's `budget_id` names: one definition, and an account for each key that has it. */
export const sharedBudgetOwner = (budgetId: string): Owner => ({
  scope: { tag: sharedBudgetTag(budgetId) },
  per: 'key',
  prefix: `shared:${budgetId}`,
});

/** The same text for the same owner, whatever else a limit's scope names. */
export function addressOf({ scope, per }: { readonly scope: Scope; readonly per?: Per | undefined }): string {
  const { key = '', user = '', team = '', organization = '', tag = '' } = scope;
  // None of them can hold a line break.
  return `${key}\n${user}\n${team}\n${organization}\n${tag}\n${per ?? ''}`;
}
