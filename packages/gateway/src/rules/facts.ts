import type { JsonObject } from '../core/json.ts';

/** What conditions are told of a key, a user, a team or an organization. A class, because CEL knows its types by their constructors. */
export class Party {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;

  constructor({ id, name, tags, metadata }: PartyFields = nobody) {
    this.id = id;
    this.name = name;
    this.tags = tags;
    this.metadata = metadata;
  }
}

export interface PartyFields {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
}

/** Where a request has no such party: comparisons hold or do not, as with any other text. */
const nobody: PartyFields = Object.freeze({ id: '', name: '', tags: Object.freeze([]), metadata: Object.freeze({}) });

/** A virtual key, which may expire. */
export class KeyParty extends Party {
  readonly expires?: Date;

  constructor(fields?: PartyFields, expires?: Date) {
    super(fields);
    if (expires) this.expires = expires;
  }
}

/** How much of a rule can be done with a request: everything with one for an `answer`; nothing that is set in it elsewhere; nothing about models where it names none and is about an `account`. */
export type RuleReach = 'answer' | 'model' | 'account';

/** A request as conditions see it. Texts that a request does not have are empty. */
export interface RuleFacts {
  readonly reach: RuleReach;
  readonly key: KeyParty;
  readonly user: Party;
  readonly team: Party;
  readonly organization: Party;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  readonly model: string;
  readonly agent: string;
  readonly agentRelease: string;
  readonly kind: string;
  readonly operation: string;
  readonly dialect: string;
  readonly stream: boolean;
  readonly session: string;
  readonly address: string;
  readonly region: string;
  readonly inputBytes: number;
  /** Undefined: the counters could not be asked. */
  readonly budgetUsed: number | undefined;
  /** The rest, of which most requests are not asked anything. */
  inspect(): Inspection;
}

/** What costs something to find out: each is found out when it is asked, once. */
export interface Inspection {
  now(): Date;
  bucket(): number;
  headers(): Readonly<Record<string, string>>;
  inputTokens(): number;
  tools(): number;
  hasImages(): boolean;
}
