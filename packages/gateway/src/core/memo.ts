/** Remembers what was worked out for a key. */
export interface Memo<Value> {
  /** What `make` gives, worked out once. What it throws is not remembered. */
  of(key: string, make: () => Value): Value;
}

/** A memo for keys that come from outside: beyond so many it starts anew, so that nobody can make it grow without end. */
export function createMemo<Value>(mostKeys: number): Memo<Value> {
  const known = new Map<string, Value>();
  return {
    of(key, make) {
      const found = known.get(key);
      if (found !== undefined) return found;
      const value = make();
      if (known.size >= mostKeys) known.clear();
      known.set(key, value);
      return value;
    },
  };
}

/** Remembers what was made of two objects, for as long as both are there. */
export interface PairMemo<One extends object, Other extends object, Made extends object> {
  of(one: One, other: Other, make: () => Made): Made;
}

export function createPairMemo<One extends object, Other extends object, Made extends object>(): PairMemo<
  One,
  Other,
  Made
> {
  const known = new WeakMap<One, WeakMap<Other, Made>>();
  return {
    of(one, other, make) {
      let ofOne = known.get(one);
      if (!ofOne) known.set(one, (ofOne = new WeakMap()));
      let made = ofOne.get(other);
      if (!made) ofOne.set(other, (made = make()));
      return made;
    },
  };
}
