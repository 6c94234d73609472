/** Weighs an answer's frames without parsing them. */
export interface FrameMeter {
  /** A frame that carries a piece of the answer: its event's name, or whatever tells kinds of frames apart, and its size in bytes. */
  add(kind: string, bytes: number): void;
  /** How many there were, and how much of the answer is in them, about. */
  weight(): { readonly frames: number; readonly textBytes: number };
}

interface Weighed {
  count: number;
  bytes: number;
  least: number;
}

/** Around the words of a lone frame there is about this much. */
const usualEnvelopeBytes = 200;

/**
 * Frames of a kind have the same around their words, and the smallest of them hardly anything else. Where a provider pads its frames to
 * one size (OpenAI does, so that nobody can guess words from sizes) nothing is left; but there a frame is a token.
 */
export function createFrameMeter(): FrameMeter {
  const kinds = new Map<string, Weighed>();
  let frames = 0;
  return {
    add(kind, bytes) {
      frames += 1;
      const known = kinds.get(kind);
      if (known === undefined) {
        kinds.set(kind, { count: 1, bytes, least: bytes });
        return;
      }
      known.count += 1;
      known.bytes += bytes;
      if (bytes < known.least) known.least = bytes;
    },
    weight() {
      let textBytes = 0;
      for (const { count, bytes, least } of kinds.values()) {
        textBytes += bytes - count * (count > 1 ? least : Math.min(least, usualEnvelopeBytes));
      }
      return { frames, textBytes };
    },
  };
}
