import type { ContentLogging, Demand, Grant } from './grant.ts';
import type { Overlay } from './overlay.ts';
import type { Parties } from './party.ts';

/** Who makes a request: found once per key or token, and again when something of it has changed. Ids where nothing else is said. */
export interface Principal {
  /** The same for as long as there is a caller: `key:alice`, `token:<issuer>/<sub>`. */
  readonly id: string;
  /** For people and records: the key's name, or the user that a token stands for. */
  readonly name: string;
  /** Whose things these are: what is sealed for one tenant cannot be opened by another. */
  readonly tenant: string;
  readonly key?: string;
  readonly user?: string;
  readonly team?: string;
  readonly organization?: string;
  /** The same by what is known of them besides. */
  readonly parties: Parties;
  /** Of all levels together. */
  readonly tags: readonly string[];
  /** Whom to ask when something is refused: what the nearest level says. */
  readonly contact?: string;
  /** Of the levels that restrict anything, the nearest first. All must agree. */
  readonly grants: readonly Grant[];
  /** Labels without which no provider is sent anything, of all levels together. */
  readonly demands: readonly Demand[];
  /** Of the levels that have names of their own, the nearest first. Absent: none has any. */
  readonly overlays?: readonly Overlay[];
  readonly contentLogging: ContentLogging;
}

/** The same caller with more to demand of providers, as a rule has it. */
export function withDemands(principal: Principal, demands: readonly Demand[]): Principal {
  return demands.length === 0 ? principal : { ...principal, demands: [...principal.demands, ...demands] };
}

/** ` Ask #platform.`, where there is anyone to ask. */
export function whomToAsk(contact: string | undefined): string {
  return contact === undefined ? '' : ` Ask ${contact}.`;
}
