import type { Observation } from '../dialects/dialect.ts';
import type { ReplyTrack } from '../dialects/resumption.ts';

/**
 * An answer on its way, the same for both lanes: pull pieces for the client until there are none.
 * Upstream's failures do not throw here: they end up as `seen().terminal`, and as one closing failure in the client's dialect
 * in the last piece. Only `client-gone` throws.
 */
export interface Pump {
  /** The next bytes for the client, on a frame border; empty when upstream spoke but the client need not hear; undefined at the end. */
  read(): Promise<Piece | undefined>;
  /** No further piece will come. Known no later than with the last piece where the answer itself says so. */
  finished(): boolean;
  /** The answer itself is on its way, not only signs of life. */
  begun(): boolean;
  /** What the answer has told so far. */
  seen(): Observation;
  /** How much of the answer has come, for the bill where the provider does not tell. */
  weight(): AnswerWeight;
  /** What the client was told, where another deployment may go on with an answer that breaks off. */
  readonly track?: ReplyTrack;
  /** Then the closing failure is not among the pieces but here. */
  withheld?(): Piece | undefined;
  /** Lets go of upstream. Idempotent. */
  cancel(): void;
}

/** How much came: how often more of the answer was told, and the bytes of its text, thoughts and tool input, about. */
export interface AnswerWeight {
  readonly frames: number;
  readonly textBytes: number;
}

export type Piece = Buffer | string;
