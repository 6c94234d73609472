/** Something that holds for a time: a token, temporary credentials. */
export interface Expiring<T> {
  readonly value: T;
  /** Milliseconds since 1970. Absent: it never runs out. */
  readonly expiresAtMs?: number;
}

/** How long before its end a value is replaced: requests under way and clocks that differ must not meet the end. */
const earlyMs = 5 * 60_000;
/** With less than this left it is no longer used at all. */
const lastMs = 30_000;

/** Keeps what `fetch` gives until it runs out. It is asked once at a time, for whoever waits, and again after a failure. */
export function keepFresh<T>(fetch: () => Promise<Expiring<T>>): (nowMs: number) => T | Promise<T> {
  let kept: Expiring<T> | undefined;
  let fetching: Promise<T> | undefined;

  function renew(): Promise<T> {
    fetching ??= fetch()
      .then((fresh) => {
        kept = fresh;
        return fresh.value;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  }

  return (nowMs) => {
    const leftMs = kept ? (kept.expiresAtMs ?? Number.POSITIVE_INFINITY) - nowMs : 0;
    if (!kept || leftMs < lastMs) return renew();
    // It still holds, so nobody waits for the next one; a failure to get it is told once it no longer does.
    if (leftMs < earlyMs) renew().catch(() => undefined);
    return kept.value;
  };
}
