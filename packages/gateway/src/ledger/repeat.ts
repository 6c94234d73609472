/** Work that goes on beside requests. */
export interface Repeated {
  /** Does it now, or when the present run is over. */
  soon(): void;
  /** Lets a run end and starts no more. */
  stop(): Promise<void>;
}

/** Does something again and again, one run after the other. Errors are told and change nothing. */
export function repeat(everyMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Repeated {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function run(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = work()
      .catch(onError)
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          run();
        }
      });
  }

  const timer = setInterval(run, everyMs);
  timer.unref();
  return {
    soon: run,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
