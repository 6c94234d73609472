import type { Tally, Turn } from './fleet.ts';

/** Where each session was served, in order, without repetition. */
function homesOf({ records }: Tally): ReadonlyMap<string, readonly string[]> {
  const homes = new Map<string, string[]>();
  for (const { session = '', provider, credential, outcome } of records) {
    if (outcome !== 'done' || provider === undefined || credential === undefined) continue;
    const home = `${provider} ${credential}`;
    const before = homes.get(session) ?? [];
    if (before.at(-1) !== home) homes.set(session, [...before, home]);
  }
  return homes;
}

/** How often the session that moved most has moved. */
export function mostMoves(tally: Tally): number {
  return Math.max(...[...homesOf(tally).values()].map((homes) => homes.length - 1));
}

/** Of all input tokens, those that came from a provider's cache. */
export function cacheHits({ records }: Tally): number {
  const usage = records.flatMap((record) => record.usage ?? []);
  const sum = (tokens: readonly number[]) => tokens.reduce((total, each) => total + each, 0);
  return sum(usage.map((each) => each.cachedInputTokens)) / sum(usage.map((each) => each.inputTokens));
}

export function unanswered(turns: readonly Turn[]): readonly Turn[] {
  return turns.filter(({ isAnswered }) => !isAnswered);
}

/** Turns in which the agent had to ask again. */
export function askedAgain(turns: readonly Turn[]): readonly Turn[] {
  return turns.filter(({ tries }) => tries > 1);
}

export function longestMs(turns: readonly Turn[]): number {
  return Math.max(...turns.map(({ fromMs, untilMs }) => untilMs - fromMs));
}
