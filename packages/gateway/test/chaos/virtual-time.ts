import type { Clock } from '../../src/core/clock.ts';

/** Time that passes only when a test lets it: a clock, and the timers of this thread. */
export interface VirtualTime {
  readonly clock: Clock;
  sleep(forMs: number): Promise<void>;
  /** Lets so much time pass: every timer goes off at its moment, and what it sets going is settled before the next one. */
  pass(forMs: number): Promise<void>;
  /** Gives the real timers back. */
  restore(): void;
}

interface Timer {
  atMs: number;
  /** Of two that are due at the same moment, the older goes off first. */
  number: number;
  readonly call: () => void;
  readonly everyMs?: number;
  isGone: boolean;
}

/**
 * Hours of a fleet take seconds here. The fake timers of test libraries give the real event loop a millisecond for each timer, which would make minutes of them.
 */
export function startVirtualTime(startMs: number): VirtualTime {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval };
  const queue = createTimerQueue();
  let nowMs = startMs;
  let count = 0;

  function add(call: () => void, afterMs: number, everyMs?: number): Handle {
    count += 1;
    const every = everyMs === undefined ? {} : { everyMs: Math.max(1, everyMs) };
    const timer = { atMs: nowMs + Math.max(0, afterMs), number: count, call, isGone: false, ...every };
    queue.push(timer);
    return new Handle(timer);
  }

  function cancel(handle: unknown): void {
    if (handle instanceof Handle) handle.timer.isGone = true;
  }

  Object.assign(globalThis, {
    setTimeout: (call: () => void, afterMs = 0) => add(call, afterMs),
    setInterval: (call: () => void, everyMs = 1) => add(call, everyMs, everyMs),
    clearTimeout: cancel,
    clearInterval: cancel,
  });

  return {
    clock: { now: () => nowMs, monotonicMs: () => nowMs - startMs },
    sleep: (forMs) => new Promise((resolve) => void add(resolve, forMs)),
    async pass(forMs) {
      const untilMs = nowMs + forMs;
      await settled();
      for (let next = queue.popDue(untilMs); next; next = queue.popDue(untilMs)) {
        nowMs = next.atMs;
        next.call();
        await settled();
        if (next.everyMs !== undefined && !next.isGone) {
          count += 1;
          queue.push(Object.assign(next, { atMs: nowMs + next.everyMs, number: count }));
        }
      }
      nowMs = untilMs;
    },
    restore: () => void Object.assign(globalThis, real),
  };
}

/** What `setTimeout` gives: Node's timers can be told not to keep the process alive. */
class Handle {
  readonly timer: Timer;

  constructor(timer: Timer) {
    this.timer = timer;
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }
}

/** All promises that can go on have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** A binary heap. */
function createTimerQueue() {
  const heap: Timer[] = [];
  const isBefore = (one: Timer, other: Timer) =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);

  function swapIfBefore(child: number, parent: number): boolean {
    const [one, other] = [heap[child], heap[parent]];
    if (!one || !other || !isBefore(one, other)) return false;
    heap[child] = other;
    heap[parent] = one;
    return true;
  }

  function sink(from: number): void {
    for (let at = from; ;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (!left) return;
      const child = right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      if (!swapIfBefore(child, at)) return;
      at = child;
    }
  }

  function pop(): Timer | undefined {
    const [first] = heap;
    const last = heap.pop();
    if (last && first !== last) {
      heap[0] = last;
      sink(0);
    }
    return first;
  }

  return {
    push(timer: Timer): void {
      heap.push(timer);
      for (let at = heap.length - 1; at > 0 && swapIfBefore(at, (at - 1) >> 1);) at = (at - 1) >> 1;
    },
    /** The next one that is due by then and was not cancelled. */
    popDue(untilMs: number): Timer | undefined {
      for (let first = heap[0]; first && (first.isGone || first.atMs <= untilMs); first = heap[0]) {
        pop();
        if (!first.isGone) return first;
      }
      return undefined;
    },
  };
}
