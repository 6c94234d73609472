import type { Recorder } from '../pipeline/exchange.ts';

/** One record, many readers. A reader that fails harms neither the exchange nor the other readers. */
export function createFanOut(readers: readonly Recorder[], onError: (error: unknown) => void): Recorder {
  return {
    record(record, cause) {
      for (const reader of readers) {
        try {
          reader.record(record, cause);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
