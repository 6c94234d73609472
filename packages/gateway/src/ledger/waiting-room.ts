/** Why one still waits: for which account, how long it may take as far as is known, and how long one may wait. */
export interface StillWaiting {
  readonly account: string;
  readonly retryMs: number | undefined;
  readonly patienceMs: number;
}

/** Lines in front of accounts that have no room: first come, first served. */
export interface WaitingRoom {
  isEmpty(): boolean;
  /** Whether somebody waits for this account, so that whoever comes now must stand behind. */
  hasLine(account: string): boolean;
  /**
   * Stands in line and tries whenever it is its turn and there may be room. Ends when `attempt` gives undefined (it is done),
   * or with the last reason when patience or the room is at its end or `signal` aborts.
   */
  wait(
    first: StillWaiting,
    attempt: () => Promise<StillWaiting | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<StillWaiting | undefined>;
  /** There may be room again. */
  wake(account: string): void;
}

/** How many may stand in one line: more would wait in vain, and cost memory. */
const maxLine = 1000;

interface Ticket {
  /** Ends the ticket's present pause. */
  call(): void;
}

/** `pollMs`: how often room is looked for that other processes may have made. */
export function createWaitingRoom(pollMs: number | undefined): WaitingRoom {
  const lines = new Map<string, Ticket[]>();

  const callFirst = (account: string) => lines.get(account)?.[0]?.call();

  function leave(account: string, ticket: Ticket): void {
    const line = lines.get(account)?.filter((other) => other !== ticket) ?? [];
    if (line.length === 0) lines.delete(account);
    else lines.set(account, line);
    callFirst(account);
  }

  function join(account: string, ticket: Ticket): boolean {
    const line = lines.get(account) ?? [];
    if (line.length >= maxLine) return false;
    line.push(ticket);
    lines.set(account, line);
    return true;
  }

  return {
    isEmpty: () => lines.size === 0,
    hasLine: (account) => lines.has(account),
    wake: callFirst,
    async wait(first, attempt, signal) {
      const patience = createPatience(first.patienceMs, signal);
      const ticket: Ticket = { call: () => patience.interrupt() };
      let reason: StillWaiting | undefined = first;
      let account = first.account;
      if (!join(account, ticket)) return reason;
      try {
        while (reason && !patience.isOver()) {
          const isFirst = lines.get(account)?.[0] === ticket;
          await patience.pause(isFirst ? shortest(reason.retryMs, pollMs) : undefined);
          if (patience.isOver() || lines.get(account)?.[0] !== ticket) continue;
          reason = await attempt();
          if (!reason || reason.account === account) continue;
          leave(account, ticket);
          account = reason.account;
          if (!join(account, ticket)) return reason;
        }
        return reason;
      } finally {
        leave(account, ticket);
        patience.end();
      }
    },
  };
}

function shortest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

interface Patience {
  isOver(): boolean;
  /** Until it is interrupted, so much time has passed, or patience is over. */
  pause(forMs: number | undefined): Promise<void>;
  interrupt(): void;
  end(): void;
}

function createPatience(patienceMs: number, signal: AbortSignal | undefined): Patience {
  let isOver = signal?.aborted ?? false;
  let interrupted = false;
  let resume: (() => void) | undefined;
  const interrupt = () => {
    interrupted = true;
    resume?.();
  };
  const giveUp = () => {
    isOver = true;
    interrupt();
  };
  const timer = setTimeout(giveUp, patienceMs);
  signal?.addEventListener('abort', giveUp, { once: true });
  return {
    isOver: () => isOver,
    interrupt,
    async pause(forMs) {
      if (!interrupted) {
        await new Promise<void>((resolve) => {
          const alarm = forMs === undefined ? undefined : setTimeout(resolve, Math.max(1, Math.ceil(forMs)));
          resume = () => {
            clearTimeout(alarm);
            resolve();
          };
        });
      }
      interrupted = false;
      resume = undefined;
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    },
  };
}
