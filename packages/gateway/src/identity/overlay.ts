import type { ResourceOf } from '@turnpike/contract/resources/kinds';

/** Names and what they mean to somebody: another name, or an alias of their own. */
export type OverlayNames = Readonly<ResourceOf<'organizations'>['model_aliases']>;

/** What names mean at one level: to a key, a user, a team or an organization. */
export interface Overlay {
  /** Whose it is, as messages say it: `team "core"`. */
  readonly holder: string;
  readonly names: OverlayNames;
}
