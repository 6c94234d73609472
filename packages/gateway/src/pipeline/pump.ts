import type { Observation } from '../dialects/dialect.ts';

/**
 * An answer on its way, the same for both lanes: pull pieces for the client until there are none.
 * Upstream's failures do not throw here: they end up as `seen.terminal`, and as one closing failure in the client's dialect
 * in the last piece. Only `client-gone` throws.
 */
export interface Pump {
  /** The next bytes for the client, on a frame border; empty when upstream spoke but the client need not hear; undefined at the end. */
  read(): Promise<Piece | undefined>;
  /** No further piece will come. Known no later than with the last piece where the answer itself says so. */
  readonly finished: boolean;
  /** The answer itself is on its way, not only signs of life. */
  readonly begun: boolean;
  /** What the answer has told so far. */
  readonly seen: Observation;
  /** Semantic frames so far; a rough token count where the provider reports none. */
  readonly semanticFrames: number;
  /** Lets go of upstream. Idempotent. */
  cancel(): void;
}

export type Piece = Buffer | string;
