import { bellOf, unitFrom, unitOf } from './affinity.ts';
import type { Fork, Node } from './fork.ts';
import { strategies } from './strategies/registry.ts';
import type { Circumstances } from './strategies/strategy.ts';

/** Most requests try one or two: so many are found by going through all options once, and only whoever wants more has them sorted. */
const soughtFirst = 8;

/** An option by its number, and how it is liked: by rank, then by when its bell rings for this session. The least is first. */
interface Liked {
  readonly at: number;
  readonly rank: number;
  readonly bell: number;
}

/** The options of a fork in the order in which they are liked. `home`: where the session has been, which comes first. */
export function likedOrder(fork: Fork, circumstances: Circumstances, home?: Node): Iterable<Node> {
  return fork.options.length === 1 ? fork.options : findInOrder(fork, circumstances, home);
}

/** One by one: what comes later is looked for when it is wanted. */
function* findInOrder(fork: Fork, circumstances: Circumstances, home?: Node): Generator<Node, void> {
  const { options } = fork;
  if (home) yield home;
  const first = sought(fork, circumstances, soughtFirst);
  for (const { at } of first) {
    const option = options[at];
    if (option && option !== home) yield option;
  }
  if (options.length <= soughtFirst) return;
  // Loads and times may be others by now, so those that were told are known by their numbers and not by how they were liked.
  const told = new Set(first.map(({ at }) => at));
  for (const { at } of allLiked(fork, circumstances)) {
    const option = options[at];
    if (option && option !== home && !told.has(at)) yield option;
  }
}

function allLiked(fork: Fork, circumstances: Circumstances): readonly Liked[] {
  const rankAt = strategies[fork.strategy].rank?.(fork, circumstances) ?? equally;
  const all = fork.options.map(({ hash, weight }, at): Liked => {
    return { at, rank: rankAt(at), bell: bellOf(unitOf(circumstances.seed, hash), weight) };
  });
  return all.sort((one, other) => (isBefore(one, other) ? -1 : 1));
}

/** The most liked, at most so many. */
function sought(fork: Fork, circumstances: Circumstances, most: number): readonly Liked[] {
  const { options, strategy, hashes, even } = fork;
  const rankAt = strategies[strategy].rank?.(fork, circumstances) ?? equally;
  const found: Liked[] = [];
  let last = endless;
  for (let at = 0; at < options.length; at += 1) {
    const rank = rankAt(at);
    if (rank > last.rank) continue;
    const bound = rank === last.rank ? last.bell : Infinity;
    const unit = unitFrom(circumstances.seed, hashes[2 * at] ?? 0, hashes[2 * at + 1] ?? 0);
    const bell = even ? -unit : bellBefore(bound, unit, options[at]?.weight ?? 0);
    if (bell >= bound) continue;
    insert(found, { at, rank, bell });
    if (found.length > most) found.pop();
    if (found.length === most) last = found[most - 1] ?? endless;
  }
  return found;
}

function equally(): number {
  return 0;
}

/** Whoever comes behind the last one that is sought is not sought. Before there are enough of them, everybody is. */
const endless: Liked = { at: Infinity, rank: Infinity, bell: Infinity };

/** When a bell rings, or the bound where that is not before it. For most no logarithm is needed to know, as -ln(u) is at least 1 - u. */
function bellBefore(bound: number, unit: number, weight: number): number {
  return 1 - unit >= bound * weight && weight > 0 ? bound : bellOf(unit, weight);
}

/** Into its place among those that were found. */
function insert(found: Liked[], liked: Liked): void {
  let to = found.length;
  for (let before = found[to - 1]; before && isBefore(liked, before); before = found[to - 1]) {
    found[to] = before;
    to -= 1;
  }
  found[to] = liked;
}

function isBefore(one: Liked, other: Liked): boolean {
  return one.rank === other.rank ? one.bell < other.bell : one.rank < other.rank;
}
