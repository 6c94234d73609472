/** Where in an answer's stream something happens. */
export type Place =
  /** Before the first byte of the answer. */
  | 'before-head'
  /** Behind the frames that open a stream, before anything that an agent could show or act on. */
  | 'at-start'
  /** Behind half of the frames. */
  | 'midway'
  /** Behind so many bytes of the body, also inside a frame. */
  | { readonly bytes: number }
  /** Behind so many frames. */
  | { readonly frames: number }
  /** Behind the first frame that holds this text, or the one so many times later. Never, where there is none. */
  | { readonly behind: string; readonly times?: number };

/** What goes wrong with one request. */
export type Damage =
  /** Nobody listens. Where it comes and goes, whoever connects is reset instead: a port cannot be left for one request. */
  | { readonly kind: 'refuse' }
  /** The connection is accepted, and nothing follows. */
  | { readonly kind: 'hang' }
  /** The first byte comes late. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The answer comes slowly. */
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly at: Place }
  /** The connection is ended from the provider's side before the answer is whole. */
  | { readonly kind: 'half-close'; readonly at: Place }
  /** The answer goes on to be open and nothing more comes. */
  | { readonly kind: 'stall'; readonly at: Place }
  /** Bytes that mean nothing stand in the answer; `framing`: also where HTTP itself would say how much follows. */
  | { readonly kind: 'corrupt'; readonly at: Place; readonly framing?: boolean }
  /** The provider refuses. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number; readonly code?: string }
  /** The provider tells in a stream with status 200 that it is overloaded. */
  | { readonly kind: 'error-event'; readonly at: Place };

/** A damage, and which requests it meets. All conditions must hold. */
export interface WireFault {
  readonly damage: Damage;
  /** So many requests are served well before. Default: 0. */
  readonly skip?: number;
  /** So many requests are met, and then no more. Default: all. */
  readonly times?: number;
  /** This share of the requests is met, drawn by the proxy's seed. Default: 1. */
  readonly share?: number;
  /** Up and down in turns, by the proxy's clock, up first. */
  readonly rhythm?: { readonly upMs: number; readonly downMs: number };
}

const damage = (kind: Damage): WireFault => ({ damage: kind });

/** Everything that goes wrong on the way to a provider, by name. */
export const wireFaults = {
  refuse: damage({ kind: 'refuse' }),
  hang: damage({ kind: 'hang' }),
  delay: damage({ kind: 'delay', delayMs: 400 }),
  drip: damage({ kind: 'drip', bytesPerSecond: 20_000 }),
  'reset-before-head': damage({ kind: 'reset', at: 'before-head' }),
  'reset-at-start': damage({ kind: 'reset', at: 'at-start' }),
  'reset-midway': damage({ kind: 'reset', at: 'midway' }),
  'reset-inside-frame': damage({ kind: 'reset', at: { bytes: 150 } }),
  'half-close-at-start': damage({ kind: 'half-close', at: 'at-start' }),
  'half-close-midway': damage({ kind: 'half-close', at: 'midway' }),
  'stall-at-start': damage({ kind: 'stall', at: 'at-start' }),
  'stall-midway': damage({ kind: 'stall', at: 'midway' }),
  'corrupt-at-start': damage({ kind: 'corrupt', at: 'at-start' }),
  'corrupt-midway': damage({ kind: 'corrupt', at: 'midway' }),
  'corrupt-framing-midway': damage({ kind: 'corrupt', at: 'midway', framing: true }),
  'storm-429': damage({ kind: 'status', status: 429, retryAfterS: 7 }),
  'storm-429-without-time': damage({ kind: 'status', status: 429 }),
  'out-of-quota': damage({ kind: 'status', status: 429, code: 'insufficient_quota' }),
  'unauthorized-401': damage({ kind: 'status', status: 401 }),
  'forbidden-403': damage({ kind: 'status', status: 403 }),
  'error-500': damage({ kind: 'status', status: 500 }),
  'down-503': damage({ kind: 'status', status: 503 }),
  'overloaded-529': damage({ kind: 'status', status: 529 }),
  'brown-out-503': { damage: { kind: 'status', status: 503 }, share: 0.5 },
  'brown-out-529': { damage: { kind: 'status', status: 529 }, share: 0.5 },
  flapping: { damage: { kind: 'refuse' }, rhythm: { upMs: 500, downMs: 500 } },
  'error-at-start': damage({ kind: 'error-event', at: 'at-start' }),
  'error-midway': damage({ kind: 'error-event', at: 'midway' }),
} as const satisfies Readonly<Record<string, WireFault>>;

export type WireFaultName = keyof typeof wireFaults;

/** A base URL whose host no resolver knows (RFC 2606): the failure of DNS, which no proxy can play. */
export const unknownHost = 'http://provider.invalid/v1';
