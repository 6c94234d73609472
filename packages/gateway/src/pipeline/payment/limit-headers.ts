import type { Standing } from '../../ledger/refusal.ts';
import { formatDollars } from '../../core/money.ts';

/**
 * What is left of a caller's limits, as response headers: rates in the names that OpenAI's clients know, and the budget of which least is left.
 * Where several limits count the same, the tightest is told.
 */
export function limitHeaders(standings: readonly Standing[], nowMs: number): Record<string, string> {
  if (standings.length === 0) return {};
  return {
    ...rateHeaders('requests', tightest(standings, ['requests']), nowMs),
    ...rateHeaders('tokens', tightest(standings, ['tokens', 'input-tokens', 'output-tokens'], 'rate'), nowMs),
    ...budgetHeaders(tightest(standings, ['nano-dollars'])),
  };
}

function tightest(standings: readonly Standing[], units: readonly string[], kind?: Standing['kind']) {
  const counted = standings.filter(
    (each) => each.enforced && units.includes(each.unit) && (kind === undefined || each.kind === kind),
  );
  return counted.reduce<Standing | undefined>(
    (found, each) => (found === undefined || each.remaining < found.remaining ? each : found),
    undefined,
  );
}

function rateHeaders(unit: string, standing: Standing | undefined, nowMs: number): Record<string, string> {
  if (!standing) return {};
  const { limit, remaining, resetsAtMs } = standing;
  const seconds = resetsAtMs === undefined ? undefined : Math.max(0, Math.ceil((resetsAtMs - nowMs) / 1000));
  return {
    [`x-ratelimit-limit-${unit}`]: String(limit),
    [`x-ratelimit-remaining-${unit}`]: String(remaining),
    ...(seconds === undefined ? {} : { [`x-ratelimit-reset-${unit}`]: `${seconds}s` }),
  };
}

/** What running requests have reserved is not spent yet, so it counts as left. */
function budgetHeaders(standing: Standing | undefined): Record<string, string> {
  if (!standing) return {};
  const { limit, used, resetsAtMs } = standing;
  return {
    'x-turnpike-budget-limit': formatDollars(limit),
    'x-turnpike-budget-remaining': formatDollars(used > limit ? 0n : limit - used),
    ...(resetsAtMs === undefined ? {} : { 'x-turnpike-budget-reset': new Date(resetsAtMs).toISOString() }),
  };
}
