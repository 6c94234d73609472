import type { ResourceOf } from '@turnpike/contract/resources/kinds';

/** What is known of somebody a caller counts for. */
export type Party = Pick<ResourceOf<'organizations'>, 'tags' | 'metadata'> & {
  readonly id: string;
  readonly name?: string | undefined;
};

/** Somebody for each level that a caller has. */
export interface Parties {
  readonly key?: Party & Pick<ResourceOf<'virtual_keys'>, 'expires'>;
  readonly user?: Party;
  readonly team?: Party;
  readonly organization?: Party;
}
