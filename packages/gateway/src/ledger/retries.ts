/** Work that must be done in the end: it is tried until it succeeds. */
export interface Retries {
  add(work: () => Promise<void>): void;
  /** Tries once more what is left, and reports what then still is. */
  close(): Promise<void>;
}

const everyMs = 1000;
/** Beyond this the oldest is given up, and said so. */
const maxWaiting = 100_000;

export function createRetries(onError: (error: unknown) => void): Retries {
  let waiting: (() => Promise<void>)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let trying: Promise<void> | undefined;

  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void tryAll();
    }, everyMs);
  };

  /** One at a time, in order. */
  function tryAll(): Promise<void> {
    trying ??= tryInOrder().finally(() => (trying = undefined));
    return trying;
  }

  async function tryInOrder(): Promise<void> {
    while (waiting.length > 0) {
      const [first] = waiting;
      try {
        await first?.();
        waiting.shift();
      } catch {
        schedule();
        return;
      }
    }
  }

  return {
    add(work) {
      if (waiting.length >= maxWaiting) {
        waiting.shift();
        onError(new Error('too much waits for the counters: the oldest settlement was given up'));
      }
      waiting.push(work);
      schedule();
    },
    async close() {
      await tryAll();
      clearTimeout(timer);
      if (waiting.length > 0) onError(new Error(`${waiting.length} settlements did not reach the counters`));
      waiting = [];
    },
  };
}
