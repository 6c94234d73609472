import { Failure } from '../../core/failure.ts';

/** Waits for so long. Throws `client-gone` as soon as the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  if (!signal.aborted) await untilOver(milliseconds, signal);
  if (signal.aborted) throw new Failure('client-gone', 'The client closed the connection.');
}

function untilOver(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, milliseconds);
    function over(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    }
    signal.addEventListener('abort', over, { once: true });
  });
}
