import type { Claim, Hold, Settlement } from './counters.ts';

/** What is reserved by a claim. */
export function reservedBy(claim: Claim): bigint {
  return claim.kind === 'window' || claim.kind === 'rate' ? claim.amount : 1n;
}

/** How a hold ends whose process died: what it had reserved is booked, for the provider may have billed it. */
export function lapsedSettlement(hold: Hold, nowMs: number): Settlement {
  return {
    hold,
    amounts: hold.claims.map(reservedBy),
    entry: { ...hold.ifLapsed, atMs: nowMs },
    keepRunning: false,
  };
}

/** What a hold that was thought lapsed truly cost, less what was booked for it: for a replica that was not dead but slow. */
export function correctionOf({ hold, amounts, entry }: Settlement, booked: readonly bigint[]): Settlement {
  const { nanoDollars, inputTokens, outputTokens } = hold.ifLapsed;
  const id = `${hold.id}~late`;
  return {
    hold: { ...hold, id },
    amounts: amounts.map((amount, index) => amount - (booked[index] ?? 0n)),
    entry: {
      ...entry,
      id,
      kind: 'correction',
      nanoDollars: entry.nanoDollars === undefined ? undefined : entry.nanoDollars - (nanoDollars ?? 0n),
      inputTokens: entry.inputTokens - inputTokens,
      outputTokens: entry.outputTokens - outputTokens,
    },
    keepRunning: false,
  };
}

/** What stays of a hold that was settled while its exchange goes on: the requests that run, as a hold of its own. */
export function runningPartOf({ id, claims, ifLapsed }: Hold): Hold | undefined {
  const running = claims.filter((claim) => claim.kind === 'running' && claim.carried);
  return running.length === 0 ? undefined : { id: `${id}~running`, claims: running, ifLapsed };
}
