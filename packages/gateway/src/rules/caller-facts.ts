import type { JsonObject } from '../core/json.ts';
import { KeyParty, Party, type RuleFacts } from './facts.ts';

/** A caller, as far as conditions ask for it. */
export interface RuleCaller {
  /** Ids that tokens name may stand for nobody who is known here. */
  readonly user?: string;
  readonly tags: readonly string[];
  readonly parties: {
    readonly key?: KnownParty & { readonly expires?: string | undefined };
    readonly user?: KnownParty;
    readonly team?: KnownParty;
    readonly organization?: KnownParty;
  };
}

interface KnownParty {
  readonly id: string;
  readonly name?: string | undefined;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
}

export type CallerFacts = Pick<RuleFacts, 'key' | 'user' | 'team' | 'organization' | 'tags' | 'metadata'>;

/** The same for every request of a caller, so it is made once for each. */
export function createCallerFacts(): (caller: RuleCaller) => CallerFacts {
  const known = new WeakMap<RuleCaller, CallerFacts>();
  return (caller) => {
    let facts = known.get(caller);
    if (!facts) known.set(caller, (facts = callerFacts(caller)));
    return facts;
  };
}

function callerFacts({ user: userId, tags, parties }: RuleCaller): CallerFacts {
  const { key, team, organization } = parties;
  const user = parties.user ?? (userId === undefined ? undefined : { id: userId, tags: [], metadata: {} });
  return {
    key: new KeyParty(fieldsOf(key), key?.expires === undefined ? undefined : new Date(key.expires)),
    user: new Party(fieldsOf(user)),
    team: new Party(fieldsOf(team)),
    organization: new Party(fieldsOf(organization)),
    tags,
    // The nearest says it.
    metadata: { ...organization?.metadata, ...team?.metadata, ...user?.metadata, ...key?.metadata },
  };
}

function fieldsOf(party: KnownParty | undefined) {
  return party && { ...party, name: party.name ?? party.id };
}
