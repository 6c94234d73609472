/**
 * Every way a request can fail, as a closed table. Codes are public: they stand in records, metrics and logs.
 *
 * - `blame`: whose fault it is. `caller` (the request), `policy` (a rule of this gateway), `provider` (upstream), `gateway` (us).
 * - `status`: HTTP status towards the caller when nothing was sent yet (dialects may choose another where a client needs it).
 * - `elsewhere`: whether another deployment may help, so that the exchange may fail over.
 */
export interface FailureTraits {
  readonly blame: 'caller' | 'policy' | 'provider' | 'gateway';
  readonly status: number;
  readonly elsewhere: boolean;
}

export const failureTable = {
  // The request itself.
  'request-malformed': { blame: 'caller', status: 400, elsewhere: false },
  'request-ambiguous': { blame: 'caller', status: 400, elsewhere: false },
  'request-too-large': { blame: 'caller', status: 413, elsewhere: false },
  'request-encoding-unsupported': { blame: 'caller', status: 415, elsewhere: false },
  'route-not-found': { blame: 'caller', status: 404, elsewhere: false },
  'method-not-allowed': { blame: 'caller', status: 405, elsewhere: false },
  'client-gone': { blame: 'caller', status: 499, elsewhere: false },
  // Who is calling.
  'key-missing': { blame: 'caller', status: 401, elsewhere: false },
  'key-unknown': { blame: 'caller', status: 401, elsewhere: false },
  'key-disabled': { blame: 'policy', status: 403, elsewhere: false },
  'key-expired': { blame: 'policy', status: 403, elsewhere: false },
  'key-orphaned': { blame: 'policy', status: 403, elsewhere: false },
  'token-invalid': { blame: 'caller', status: 401, elsewhere: false },
  'token-expired': { blame: 'caller', status: 401, elsewhere: false },
  'token-forbidden': { blame: 'policy', status: 403, elsewhere: false },
  'token-unverifiable': { blame: 'gateway', status: 503, elsewhere: false },
  'foreign-login': { blame: 'caller', status: 403, elsewhere: false },
  // What they may do.
  'caller-address-forbidden': { blame: 'policy', status: 403, elsewhere: false },
  'provider-forbidden': { blame: 'policy', status: 403, elsewhere: false },
  'model-forbidden': { blame: 'policy', status: 403, elsewhere: false },
  // A rule of the configuration refuses it, with a message of its own.
  'rule-refused': { blame: 'policy', status: 403, elsewhere: false },
  'model-unknown': { blame: 'caller', status: 404, elsewhere: false },
  'budget-exhausted': { blame: 'policy', status: 429, elsewhere: false },
  'rate-limited': { blame: 'policy', status: 429, elsewhere: false },
  // A limit of the provider or model: another one may have room.
  'deployment-limited': { blame: 'policy', status: 429, elsewhere: true },
  'counters-unreachable': { blame: 'gateway', status: 503, elsewhere: false },
  'price-unknown': { blame: 'policy', status: 403, elsewhere: true },
  'meaning-lost': { blame: 'caller', status: 400, elsewhere: true },
  // What upstream said or did.
  'upstream-unreachable': { blame: 'provider', status: 502, elsewhere: true },
  'upstream-timeout': { blame: 'provider', status: 504, elsewhere: true },
  'upstream-cut': { blame: 'provider', status: 502, elsewhere: true },
  'upstream-garbled': { blame: 'provider', status: 502, elsewhere: true },
  'upstream-error': { blame: 'provider', status: 502, elsewhere: true },
  'upstream-overloaded': { blame: 'provider', status: 503, elsewhere: true },
  'upstream-rate-limited': { blame: 'provider', status: 429, elsewhere: true },
  'upstream-quota-exhausted': { blame: 'provider', status: 429, elsewhere: true },
  'upstream-credential-refused': { blame: 'provider', status: 502, elsewhere: true },
  'upstream-model-missing': { blame: 'provider', status: 404, elsewhere: true },
  'upstream-request-refused': { blame: 'caller', status: 400, elsewhere: false },
  // Sealed state in the history that another account, or another model of it, has made. Nobody did anything wrong.
  'upstream-seal-refused': { blame: 'gateway', status: 400, elsewhere: true },
  'upstream-content-refused': { blame: 'caller', status: 400, elsewhere: false },
  'context-too-long': { blame: 'caller', status: 400, elsewhere: false },
  'address-forbidden': { blame: 'policy', status: 502, elsewhere: true },
  // Us.
  'not-ready': { blame: 'gateway', status: 503, elsewhere: false },
  'shutting-down': { blame: 'gateway', status: 503, elsewhere: false },
  defect: { blame: 'gateway', status: 500, elsewhere: false },
} as const satisfies Record<string, FailureTraits>;

export type FailureCode = keyof typeof failureTable;
