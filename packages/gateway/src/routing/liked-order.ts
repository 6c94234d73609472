import { bellOf, type Hash, unitFrom } from './affinity.ts';
import type { Fork, Node } from './fork.ts';
import { strategies } from './strategies/registry.ts';
import type { Circumstances } from './strategies/strategy.ts';

/** Most requests try one or two: so many are found by going through all options once, and only whoever wants more has them sorted. */
const soughtFirst = 8;

/** The options of a fork in the order in which they are liked. `home`: where the session has been, which comes first. */
export function likedOrder(fork: Fork, circumstances: Circumstances, home?: Node): Iterable<Node> {
  return fork.options.length === 1 ? fork.options : findInOrder(fork, circumstances, home);
}

/** One by one: what comes later is looked for when it is wanted. */
function* findInOrder(fork: Fork, circumstances: Circumstances, home?: Node): Generator<Node, void> {
  const { options } = fork;
  if (home) yield home;
  const first = sought(fork, circumstances, soughtFirst);
  for (const at of first) {
    const option = options[at];
    if (option && option !== home) yield option;
  }
  if (options.length <= soughtFirst) return;
  // Loads and times may be others by now, so those that were told are known by their numbers and not by how they were liked.
  const told = new Set(first);
  for (const at of allLiked(fork, circumstances)) {
    const option = options[at];
    if (option && option !== home && !told.has(at)) yield option;
  }
}

/** All options by their numbers, as they are liked: by rank, then by when their bells ring for this session. The least is first. */
function allLiked(fork: Fork, circumstances: Circumstances): readonly number[] {
  const { options, weights } = fork;
  const ranks = strategies[fork.strategy].rank?.(fork, circumstances);
  const bells = options.map((_, at) => bellOf(unitAt(fork, at, circumstances.seed), weights[at] ?? 0));
  const all = options.map((_, at) => at);
  const byBell = (one: number, other: number) => (bells[one] ?? 0) - (bells[other] ?? 0);
  if (!ranks) return all.sort(byBell);
  return all.sort((one, other) => {
    const [rank = 0, another = 0] = [ranks[one], ranks[other]];
    return rank === another ? byBell(one, other) : rank < another ? -1 : 1;
  });
}

/** The same for the most liked, at most so many. */
function sought(fork: Fork, circumstances: Circumstances, most: number): readonly number[] {
  const { weights } = fork;
  const ranks = strategies[fork.strategy].rank?.(fork, circumstances);
  const found = new Best(most);
  for (let at = 0; at < weights.length; at += 1) {
    const rank = ranks ? (ranks[at] ?? 0) : 0;
    if (rank > found.lastRank) continue;
    const bound = rank === found.lastRank ? found.lastBell : Infinity;
    const unit = unitAt(fork, at, circumstances.seed);
    const weight = weights[at] ?? 0;
    // Whoever comes behind the last one is not sought. For most no logarithm is needed to know, as -ln(u) is at least 1 - u.
    if (1 - unit >= bound * weight && weight > 0) continue;
    const bell = bellOf(unit, weight);
    if (bell < bound) found.insert(at, rank, bell);
  }
  return found.ats;
}

function unitAt({ hashes }: Fork, at: number, seed: Hash): number {
  return unitFrom(seed, hashes[2 * at] ?? 0, hashes[2 * at + 1] ?? 0);
}

/** Options by their numbers, of which the best so many stay. Each of their marks is in a list of its own, as numbers beside each other cost the least. */
class Best {
  readonly ats: number[] = [];
  readonly #ranks: number[] = [];
  readonly #bells: number[] = [];
  readonly #most: number;
  /** Those of the last one. Before there are enough of them, everybody comes before it. */
  lastRank = Infinity;
  lastBell = Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  /** Into its place among those that were found. */
  insert(at: number, rank: number, bell: number): void {
    const { ats } = this;
    let to = Math.min(ats.length, this.#most - 1);
    while (to > 0 && this.#isBefore(rank, bell, to - 1)) {
      this.#move(to - 1, to);
      to -= 1;
    }
    ats[to] = at;
    this.#ranks[to] = rank;
    this.#bells[to] = bell;
    if (ats.length < this.#most) return;
    this.lastRank = this.#ranks[this.#most - 1] ?? Infinity;
    this.lastBell = this.#bells[this.#most - 1] ?? Infinity;
  }

  #move(from: number, to: number): void {
    this.ats[to] = this.ats[from] ?? 0;
    this.#ranks[to] = this.#ranks[from] ?? 0;
    this.#bells[to] = this.#bells[from] ?? 0;
  }

  #isBefore(rank: number, bell: number, place: number): boolean {
    const other = this.#ranks[place] ?? 0;
    return rank === other ? bell < (this.#bells[place] ?? 0) : rank < other;
  }
}
