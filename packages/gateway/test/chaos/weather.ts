/** What a provider does to a request that comes while this lasts. Times in milliseconds. */
export type Fault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'unresolved' }
  /** The connection stands, and nothing comes. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Every piece of the answer comes so late. */
  | { readonly kind: 'drip'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly code: string; readonly retryAfterS?: number }
  /** Such a share of the requests is answered with a 503. */
  | { readonly kind: 'brown-out'; readonly share: number }
  /** An error in place of the answer, inside a stream that began with 200. */
  | { readonly kind: 'error-in-stream' }
  /** The connection breaks after so many pieces: 1 is before the first word. */
  | { readonly kind: 'reset'; readonly pieces: number }
  /** The same, but it ends as if all were well. */
  | { readonly kind: 'half-close'; readonly pieces: number }
  | { readonly kind: 'corrupt'; readonly pieces: number }
  /** It refuses connections for a while and takes them for a while, over and over. */
  | { readonly kind: 'flap'; readonly everyMs: number };

/** All the ways in which providers fail, by name. */
export const faults = {
  refuse: { kind: 'refuse' },
  'no such host': { kind: 'unresolved' },
  hang: { kind: 'hang' },
  'slow first word': { kind: 'delay', ms: 8_000 },
  drip: { kind: 'drip', ms: 2_000 },
  'storm of 429': { kind: 'status', status: 429, code: 'rate_limit_exceeded', retryAfterS: 20 },
  'no quota': { kind: 'status', status: 429, code: 'insufficient_quota' },
  'key refused': { kind: 'status', status: 401, code: 'invalid_api_key' },
  'model gone': { kind: 'status', status: 404, code: 'model_not_found' },
  down: { kind: 'status', status: 503, code: 'server_error' },
  'brown-out': { kind: 'brown-out', share: 0.5 },
  'error in the stream': { kind: 'error-in-stream' },
  'reset at the start': { kind: 'reset', pieces: 1 },
  'reset midway': { kind: 'reset', pieces: 4 },
  'half-close at the start': { kind: 'half-close', pieces: 1 },
  'half-close midway': { kind: 'half-close', pieces: 4 },
  'corrupt at the start': { kind: 'corrupt', pieces: 1 },
  flapping: { kind: 'flap', everyMs: 15_000 },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

/** A time of bad weather at some providers. Milliseconds since the simulation began. */
export interface Front {
  readonly at: string;
  readonly fault: Fault;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is wrong at a provider at a moment. */
export function faultAt(fronts: readonly Front[], provider: string, atMs: number): Fault | undefined {
  const front = fronts.find(({ at, fromMs, untilMs }) => at === provider && fromMs <= atMs && atMs < untilMs);
  if (front?.fault.kind !== 'flap') return front?.fault;
  const isDown = Math.floor((atMs - front.fromMs) / front.fault.everyMs) % 2 === 0;
  return isDown ? { kind: 'refuse' } : undefined;
}
