/** The known name that was probably meant, or undefined where none is near. `baseUrl` is near to `base_url`. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  const wanted = fold(written);
  let best: string | undefined;
  let bestDistance = Math.floor(wanted.length / 3) + 1;
  for (const name of known) {
    const distance = editDistance(wanted, fold(name));
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint for a name that nobody knows: the near one, or else all of them, or so many. Undefined where there are none. */
export function hintForName(
  written: string,
  known: Iterable<string>,
  most = Number.POSITIVE_INFINITY,
): string | undefined {
  const names = [...known].filter((name) => !name.startsWith('$'));
  const near = nearestName(written, names);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (names.length === 0) return undefined;
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `known: ${names.slice(0, most).join(', ')}${more}`;
}

function fold(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '')
    .slice(0, 64);
}

/** Letters to add, drop, change or swap with the next, to get from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(at(last, column - 1) + (same ? 0 : 1), at(last, column) + 1, at(current, column - 1) + 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
