import { type ResourceKind, resourceKinds, type ResourceOf } from '@turnpike/contract/resources/kinds';

/** A value of a virtual key, by its keyed hash. */
export interface KeyDigest {
  readonly digest: string;
  /** When a value that was replaced stops working, in milliseconds since 1970. Absent: with the key. */
  readonly until?: number;
  /** What may be shown of the value, so that people recognise it. */
  readonly hint?: string;
}

/** A resource and what is known of it besides. */
export type KnownResource<Kind extends ResourceKind = ResourceKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each;
    readonly body: ResourceOf<Each>;
    /** Of virtual keys: the values that open them. Absent in a change: as before. */
    readonly digests?: readonly KeyDigest[];
  };
}[Kind];

/** One resource made, changed or gone. */
export type ResourceChange =
  | { readonly change: 'put'; readonly resource: KnownResource }
  | { readonly change: 'delete'; readonly kind: ResourceKind; readonly id: string };

/** A resource of the configuration document. Of a key's value there is only the SHA-256, because documents are read before the encryption key is known. */
export interface FileResource {
  readonly resource: KnownResource;
  readonly sha256?: string;
}

type Parsers = { readonly [Kind in ResourceKind]: (body: unknown) => KnownResource<Kind> };

const parsers: Parsers = {
  organizations: (body) => ({ kind: 'organizations', body: resourceKinds.organizations.parse(body) }),
  teams: (body) => ({ kind: 'teams', body: resourceKinds.teams.parse(body) }),
  users: (body) => ({ kind: 'users', body: resourceKinds.users.parse(body) }),
  virtual_keys: (body) => ({ kind: 'virtual_keys', body: resourceKinds.virtual_keys.parse(body) }),
  budgets: (body) => ({ kind: 'budgets', body: resourceKinds.budgets.parse(body) }),
  rate_limits: (body) => ({ kind: 'rate_limits', body: resourceKinds.rate_limits.parse(body) }),
  token_issuers: (body) => ({ kind: 'token_issuers', body: resourceKinds.token_issuers.parse(body) }),
  prices: (body) => ({ kind: 'prices', body: resourceKinds.prices.parse(body) }),
  deployment_states: (body) => ({ kind: 'deployment_states', body: resourceKinds.deployment_states.parse(body) }),
  rules: (body) => ({ kind: 'rules', body: resourceKinds.rules.parse(body) }),
};

/** A resource as its schema fills it in: the boundary at which bodies become resources. Throws a `ZodError` that says what the schema refuses. */
export function parseResource<Kind extends ResourceKind>(kind: Kind, body: unknown): KnownResource<Kind> {
  return parsers[kind](body);
}
