import { alertsOf, type BudgetAlert } from './alerts.ts';
import { amountOf, withEstimate } from './claims.ts';
import type { Claim, Counters, Entry, Hold, MaybePromise, Settlement } from './counters.ts';
import { lapsedSettlement, reservedBy } from './lapsed.ts';
import { andThen, recover } from './maybe-promise.ts';
import { refuse } from './refuse.ts';
import type { CountersRefusal, Refusal } from './refusal.ts';
import type { Actual, Caller, Estimate } from './request.ts';
import type { Reservation } from './tab.ts';
import { countersRefusal } from './unreachable.ts';
import type { WaitingRoom } from './waiting-room.ts';
import { entryOf, standingClaims, type Wish, type WishParts } from './wish.ts';

export interface ReservationParts extends WishParts {
  readonly counters: Counters;
  readonly waitingRoom: WaitingRoom;
  onAlert(alert: BudgetAlert): void;
}

/** A reservation that is not settled yet, as its tab sees it. */
export interface OpenReservation {
  readonly reservation: Reservation;
  hold(): Hold;
  /** Settles it, without `actual` at its estimate. `keepRunning`: its exchange goes on. Only the first call counts. */
  end(actual: Actual | undefined, keepRunning: boolean): MaybePromise<void>;
}

/** Makes a reservation of a granted wish. `onSettled` is told when it has ended while its exchange goes on. */
export function openReservation(
  wish: Wish,
  caller: Caller,
  parts: ReservationParts,
  onSettled: (hold: Hold) => void,
): OpenReservation {
  const { counters, clock } = parts;
  let { hold } = wish;
  let isOpen = true;

  function topUp(estimate: Estimate): MaybePromise<Refusal | CountersRefusal | undefined> {
    if (!isOpen || hold.claims.length === 0) return undefined;
    const larger = grown(hold, wish, caller, estimate);
    if (larger.claims.every((claim, index) => reservedBy(claim) <= reservedBy(hold.claims[index] ?? claim)))
      return undefined;
    const nowMs = clock.now();
    return recover<Refusal | CountersRefusal | undefined>(
      () =>
        andThen(counters.extend(larger, nowMs), ({ granted, states }) => {
          if (granted) hold = larger;
          const blocking = standingClaims(wish, larger.claims, states).filter(isBlocking);
          return granted ? undefined : refuse(blocking, wish.aim, nowMs);
        }),
      countersRefusal,
    );
  }

  function end(actual: Actual | undefined, keepRunning: boolean): MaybePromise<void> {
    if (!isOpen) return;
    isOpen = false;
    if (hold.claims.length === 0) return;
    const nowMs = clock.now();
    const settlement = actual ? settlementOf(actual, keepRunning, nowMs) : unknownEnd(keepRunning, nowMs);
    return andThen(counters.settle(settlement, nowMs), (states) => {
      for (const settled of states ? standingClaims(wish, hold.claims, states) : []) {
        const booked = settlement.amounts[hold.claims.indexOf(settled.claim)] ?? 0n;
        for (const alert of alertsOf(settled, booked, nowMs)) parts.onAlert(alert);
      }
      for (const { account, kind } of hold.claims) if (kind !== 'window') parts.waitingRoom.wake(account);
    });
  }

  function settlementOf(actual: Actual, keepRunning: boolean, nowMs: number): Settlement {
    const amounts = hold.claims.map((claim) => bookedOn(claim, actual));
    const over = hold.claims.some((claim, index) => claim.kind === 'window' && (amounts[index] ?? 0n) > claim.amount);
    const known = actual.nanoDollars === undefined ? { ...actual, estimated: true } : actual;
    const entry: Entry = {
      ...entryOf(caller, wish.attempt, known),
      id: hold.id,
      atMs: nowMs,
      ...(over ? { overdraft: true as const } : {}),
    };
    return { hold, amounts, entry, keepRunning };
  }

  function unknownEnd(keepRunning: boolean, nowMs: number): Settlement {
    const entry: Entry = { ...entryOf(caller, wish.attempt, hold.ifLapsed), id: hold.id, atMs: nowMs };
    return { ...lapsedSettlement(hold, nowMs), entry, keepRunning };
  }

  return {
    hold: () => hold,
    end,
    reservation: {
      topUp,
      settle(actual) {
        if (!isOpen) return undefined;
        const ended = end(actual, true);
        onSettled(hold);
        return ended;
      },
    },
  };
}

/** What costs money whose price turned out to be unknown costs what was reserved: never nothing. */
function bookedOn(claim: Claim, actual: Actual): bigint {
  if (claim.unit === 'nano-dollars' && actual.nanoDollars === undefined) return reservedBy(claim);
  return amountOf(claim.unit, actual);
}

function grown(hold: Hold, { attempt }: Wish, caller: Caller, estimate: Estimate): Hold {
  const { id, atMs, kind } = hold.ifLapsed;
  const ifLapsed: Entry = { ...entryOf(caller, attempt, estimate), id, atMs, ...(kind ? { kind } : {}) };
  return { id: hold.id, claims: withEstimate(hold.claims, estimate), ifLapsed };
}

/** A claim that refuses. */
export function isBlocking({
  claim,
  state,
}: {
  readonly claim: Claim;
  readonly state: { readonly fits: boolean };
}): boolean {
  return claim.enforced && !state.fits;
}
