/** Lets one in at a time, in the order of coming. */
export interface Mutex {
  /** Resolves when it is the caller's turn, with what ends the turn. Rejects when that takes longer than the deadline. */
  lock(): Promise<() => void>;
}

export function createMutex(deadlineMs: number): Mutex {
  let held = false;
  const waiting = new Set<() => void>();

  function release(): void {
    const [next] = waiting;
    if (next) next();
    else held = false;
  }

  /** A turn ends once, however often it is said. */
  function turn(): () => void {
    let over = false;
    return () => {
      if (over) return;
      over = true;
      release();
    };
  }

  return {
    lock() {
      if (!held) {
        held = true;
        return Promise.resolve(turn());
      }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(enter);
          reject(new Error(`the store was busy for ${deadlineMs} ms`));
        }, deadlineMs);
        const enter = () => {
          waiting.delete(enter);
          clearTimeout(timer);
          resolve(turn());
        };
        waiting.add(enter);
      });
    },
  };
}
