/** A name with one `*` in it, which stands for any run of characters, also an empty one. */
export interface StarPattern<Value> {
  readonly pattern: string;
  readonly head: string;
  readonly tail: string;
  readonly value: Value;
}

/** The patterns among names, the most specific first: the more characters that must be there, the more specific. Ties keep their order. */
export function starPatterns<Value>(entries: Iterable<readonly [string, Value]>): readonly StarPattern<Value>[] {
  const patterns = [...entries].flatMap(([pattern, value]): StarPattern<Value>[] => {
    const [head = '', tail] = pattern.split('*');
    return tail === undefined ? [] : [{ pattern, head, tail, value }];
  });
  return patterns.toSorted((one, other) => other.pattern.length - one.pattern.length);
}

/** What the `*` stands for in a name. Undefined: the name does not fit, as none does that is a pattern itself. */
export function starOf({ head, tail }: Pick<StarPattern<unknown>, 'head' | 'tail'>, name: string): string | undefined {
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return undefined;
  if (name.includes('*')) return undefined;
  return name.slice(head.length, name.length - tail.length);
}

/** The text with what a `*` stands for in its place. */
export function fillStar(text: string, star: string): string {
  return text.split('*').join(star);
}
