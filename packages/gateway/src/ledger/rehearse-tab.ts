import type { Claim, ClaimState, Counters, MaybePromise } from './counters.ts';
import { reservedBy } from './lapsed.ts';
import { lineFor } from './line-for.ts';
import { andThen, recover } from './maybe-promise.ts';
import { isBlocking } from './open-reservation.ts';
import { refuse } from './refuse.ts';
import type { CountersRefusal, Refusal } from './refusal.ts';
import type { Attempt, Caller } from './request.ts';
import { standingOf } from './standing.ts';
import type { Reservation, Shadowed, Tab } from './tab.ts';
import { countersRefusal } from './unreachable.ts';
import { refuseUnpriced, standingClaims, type Wish, type WishParts, wishOf } from './wish.ts';

export interface RehearsalParts extends WishParts {
  readonly counters: Pick<Counters, 'read'>;
}

const nothingCarried: ReadonlySet<string> = new Set();

/** What `openTab` would answer just now, for requests that are only thought of: everything is looked at and nothing is claimed. */
export function rehearseTab(caller: Caller, parts: RehearsalParts): Tab {
  const { counters, clock } = parts;
  const shadowed = new Map<string, Shadowed>();
  let last: { readonly wish: Wish; readonly states: readonly ClaimState[] } | undefined;
  let waitedMs = 0;

  function judge(wish: Wish, read: readonly ClaimState[]): Reservation | Refusal {
    const states = wish.hold.claims.map((claim, index) => foreseen(claim, read[index] ?? unread));
    last = { wish, states };
    const unfit = standingClaims(wish, wish.hold.claims, states).filter(({ state }) => !state.fits);
    for (const each of unfit) {
      if (each.claim.enforced) continue;
      const { limitId, limitName, owner, unit, kind } = standingOf(each, wish.nowMs);
      shadowed.set(each.applicable.account, { limitId, limitName, owner, unit, kind });
    }
    const blocking = unfit.filter(isBlocking);
    const line = lineFor(blocking);
    if (line) waitedMs = line.retryMs ?? 0;
    return (line ? undefined : refuse(blocking, wish.aim, wish.nowMs)) ?? nothingReserved;
  }

  return {
    reserve(attempt: Attempt): MaybePromise<Reservation | Refusal | CountersRefusal> {
      const wish = wishOf(caller, attempt, nothingCarried, parts);
      const unpriced = refuseUnpriced(wish);
      if (unpriced) return unpriced;
      return recover<Reservation | Refusal | CountersRefusal>(
        () => andThen(counters.read(wish.hold.claims, wish.nowMs), (states) => judge(wish, states)),
        countersRefusal,
      );
    },
    close: () => undefined,
    standings: () =>
      last
        ? standingClaims(last.wish, last.wish.hold.claims, last.states).map((each) => standingOf(each, clock.now()))
        : [],
    shadowed: () => [...shadowed.values()],
    waitedMs: () => waitedMs,
  };
}

const unread: ClaimState = { fits: true, used: 0n, held: 0n };

const nothingReserved: Reservation = { topUp: () => undefined, settle: () => undefined };

/** Whether a claim would fit. Counters that only look do not take its amount into account. */
function foreseen(claim: Claim, { waitMs, ...state }: ClaimState): ClaimState {
  // Whether this very session is among those that are active, only the counters know.
  if (claim.kind === 'session') return { ...state, ...(waitMs === undefined ? {} : { waitMs }) };
  const amount = reservedBy(claim);
  // What is larger than its bucket fits into an empty one.
  const wanted = claim.kind === 'rate' && amount > claim.limit ? claim.limit : amount;
  const fits = state.used + state.held + wanted <= claim.limit;
  return { ...state, fits, ...(waitMs === undefined || waitMs === 0 ? {} : { waitMs }) };
}
