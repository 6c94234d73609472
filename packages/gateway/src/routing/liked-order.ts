import { bellOf, unitOf } from './affinity.ts';
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

/** The options of a fork in the order in which they are liked, found one by one. `home`: where the session has been, which comes first. */
export function* likedOrder(fork: Fork, circumstances: Circumstances, home?: Node): Generator<Node, void> {
  if (home) yield home;
  const { options } = fork;
  const told = new Set<Node | undefined>([home]);
  for (const { at } of firstOnes(fork, circumstances)) {
    const option = options[at];
    if (!option || told.has(option)) continue;
    told.add(option);
    yield option;
  }
  if (options.length <= soughtFirst) return;
  for (const { at } of allInOrder(fork, circumstances)) {
    const option = options[at];
    if (option && !told.has(option)) yield option;
  }
}

function firstOnes(fork: Fork, circumstances: Circumstances): readonly Liked[] {
  const { options, strategy } = fork;
  if (options.length === 1) return onlyOne;
  const rank = strategies[strategy].rank?.(fork, circumstances);
  const found: Liked[] = [];
  let last: Liked | undefined;
  for (let at = 0; at < options.length; at += 1) {
    const liked = likedOf(at, rank ? rank(at) : 0, { fork, circumstances, last });
    if (!liked) continue;
    let to = found.length;
    while (to > 0 && isBefore(liked, found[to - 1])) to -= 1;
    found.splice(to, 0, liked);
    if (found.length > soughtFirst) found.pop();
    if (found.length === soughtFirst) last = found.at(-1);
  }
  return found;
}

const onlyOne: readonly Liked[] = [{ at: 0, rank: 0, bell: 0 }];

interface Judging {
  readonly fork: Fork;
  readonly circumstances: Circumstances;
  /** Nobody is sought who comes behind this one. */
  readonly last?: Liked | undefined;
}

/** Undefined: it comes behind the last one that is sought. That is known for most without a logarithm. */
function likedOf(at: number, rank: number, { fork, circumstances, last }: Judging): Liked | undefined {
  const option = fork.options[at];
  if (!option || (last && rank > last.rank)) return undefined;
  const { hash, weight } = option;
  const unit = unitOf(circumstances.seed, hash);
  const bound = last && rank === last.rank ? last.bell : Infinity;
  if (fork.even) return -unit < bound ? { at, rank, bell: -unit } : undefined;
  // -ln(u) is at least 1 - u.
  if (weight > 0 && (1 - unit) / weight > bound) return undefined;
  const bell = bellOf(unit, weight);
  return bell < bound ? { at, rank, bell } : undefined;
}

function allInOrder(fork: Fork, circumstances: Circumstances): readonly Liked[] {
  const rank = strategies[fork.strategy].rank?.(fork, circumstances);
  const all = fork.options.flatMap((_, at) => likedOf(at, rank ? rank(at) : 0, { fork, circumstances }) ?? []);
  return all.sort((one, other) => (isBefore(one, other) ? -1 : 1));
}

function isBefore(one: Liked, other: Liked | undefined): boolean {
  if (!other || one.rank !== other.rank) return !other || one.rank < other.rank;
  return one.bell === other.bell ? one.at < other.at : one.bell < other.bell;
}
