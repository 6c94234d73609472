import type { Frame } from '../core/frame.ts';

/**
 * Turns the bytes of a stream into frames. Where the chunks are cut never matters to the frames.
 * Both calls throw `upstream-garbled` on bytes that cannot be frames; the decoder must not be used after that.
 */
export interface FrameDecoder {
  /** The frames that became complete with this chunk. */
  push(chunk: Buffer): readonly Frame[];
  /** The stream has ended: what can still be told. */
  end(): readonly Frame[];
}

/** How much one frame may hold before the stream counts as garbled. */
export interface FrameLimits {
  /** Default: `defaultMaxFrameBytes`. */
  readonly maxFrameBytes?: number;
}

/** 4 MiB: the largest single events seen in practice are whole replies with images, well below it. */
export const defaultMaxFrameBytes = 4 * 1024 * 1024;
