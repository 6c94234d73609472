/** Space between columns. */
const gap = 2;
/** A column is not made narrower than this. */
const minWidth = 6;

/** Rows in aligned columns under their titles. Too wide for the terminal, the widest columns are cut with `…`. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => widthOf(row[index] ?? ''))));
  const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - gap * (titles.length - 1);
  shrink(widths, room);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => fit(cell, widths[index] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd();
  return [titles, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

function shrink(widths: number[], room: number): void {
  for (let over = sum(widths) - room; over > 0; over--) {
    const widest = Math.max(...widths);
    if (widest <= minWidth) return;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function widthOf(text: string): number {
  return lettersOf(text).length;
}

function fit(text: string, width: number): string {
  const letters = lettersOf(text);
  if (letters.length <= width) return text + ' '.repeat(width - letters.length);
  return `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** What a reader takes for one letter: emojis too. */
function lettersOf(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
