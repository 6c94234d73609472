import { type Fork, isLeaf, type Leaf, type Node } from './fork.ts';

/** A way through a tree. */
export interface Way {
  readonly root: Fork;
  /** A fork's options in the order in which they are gone through. */
  order(fork: Fork): Iterable<Node>;
  /** Whether somebody is tried now. Whoever is not does not count. */
  isTried(leaf: Leaf): boolean;
  /** Before all others. */
  readonly first?: Leaf | undefined;
}

/** So many keys of one target are tried before the next target has its turn. */
const keysAtOnce = 2;

/** Those that are tried, one by one: so many keys of each place in turn, then so many more, until none is left. */
export function* walkTree(way: Way): Generator<Leaf, void> {
  const { root, first } = way;
  const begun = first !== undefined && way.isTried(first);
  if (begun) yield first;
  let waiting: Iterator<Node>[] = [];
  for (const place of placesIn(root, way)) {
    if (isLeaf(place)) {
      if (place !== first && way.isTried(place)) yield place;
      continue;
    }
    const keys = way.order(place)[Symbol.iterator]();
    const most = begun && first.parent === place ? keysAtOnce - 1 : keysAtOnce;
    if (yield* triedOf(keys, most, way)) waiting.push(keys);
  }
  while (waiting.length > 0) {
    const more: Iterator<Node>[] = [];
    for (const keys of waiting) if (yield* triedOf(keys, keysAtOnce, way)) more.push(keys);
    waiting = more;
  }
}

/** The same for whoever knows already whom it leads to first where all of them are tried: as long as they are, nobody has to look for them. */
export function* walkAsUsual(usual: readonly Leaf[], way: Way): Generator<Leaf, void> {
  const asked = new Map<Leaf, boolean>();
  for (const leaf of usual) {
    const isTried = way.isTried(leaf);
    asked.set(leaf, isTried);
    if (!isTried) break;
    yield leaf;
  }
  const isTried = (leaf: Leaf) => asked.get(leaf) ?? way.isTried(leaf);
  for (const leaf of walkTree({ ...way, isTried })) if (!asked.has(leaf)) yield leaf;
}

/** Models at their providers: one with a single key is a leaf. */
function* placesIn(fork: Fork, way: Way): Generator<Node, void> {
  if (fork.isPlace) yield fork;
  else
    for (const option of way.order(fork)) {
      if (isLeaf(option)) yield option;
      else yield* placesIn(option, way);
    }
}

/** At most so many of a place's keys. Gives back whether there may be more. */
function* triedOf(keys: Iterator<Node>, most: number, { isTried, first }: Way): Generator<Leaf, boolean> {
  for (let tried = 0; tried < most;) {
    const { value: leaf, done } = keys.next();
    if (done === true) return false;
    if (!isLeaf(leaf) || leaf === first || !isTried(leaf)) continue;
    tried += 1;
    yield leaf;
  }
  return true;
}
