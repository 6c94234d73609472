import { lettersOf, widthOf } from './wrap.ts';

/** Space between columns. */
const gap = 2;
/** A column is not made narrower than this. */
const minWidth = 6;

/**
 * Rows in aligned columns under their titles. Columns in which nothing stands are left out. Too wide for the terminal, the widest columns are cut
 * with `…`, but never the first: what stands there is needed whole.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const used = titles.map((_, index) => index).filter((index) => rows.some((row) => (row[index] ?? '') !== ''));
  const lines = [titles, ...rows].map((cells) => used.map((index) => cells[index] ?? ''));
  const widths = used.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ''))));
  const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - gap * (used.length - 1);
  const fitting = shrunk(widths, room);
  return lines.map((cells) => `${lineOf(cells, fitting)}\n`).join('');
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => fit(cell, widths[column] ?? 0))
    .join(' '.repeat(gap))
    .trimEnd();
}

function shrunk([first = 0, ...others]: readonly number[], room: number): readonly number[] {
  for (let over = first + sum(others) - room; over > 0; over--) {
    const widest = Math.max(...others);
    if (widest <= minWidth) break;
    others[others.indexOf(widest)] = widest - 1;
  }
  return [first, ...others];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function fit(text: string, width: number): string {
  const letters = lettersOf(text);
  if (letters.length <= width) return text + ' '.repeat(width - letters.length);
  return `${letters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
