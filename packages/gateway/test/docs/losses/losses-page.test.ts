import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lossesPage } from './losses-page.ts';

const page = fileURLToPath(new URL('../../../../../docs/reference/losses.md', import.meta.url));

describe('the reference page of losses', () => {
  const text = lossesPage();

  it('says what the encoders do: else run UPDATE=1 npx vitest run losses-page', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(page, text);
    expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text);
  });

  it('shows no loss where both sides speak the maker’s own dialect', () => {
    const [, ...tables] = (text.split('## Other vendors')[0] ?? '').split('## From a client of ');
    const homes = [1, 2, 3, 4];
    for (const [at, table] of tables.entries()) {
      const cells = rowsOf(table).map((row) => row[homes[at] ?? 0]);
      expect(cells.length).toBeGreaterThan(15);
      expect(new Set(cells)).toEqual(new Set(['✓']));
    }
  });
});

/** The cells of a table, without its head. */
function rowsOf(table: string): readonly (readonly string[])[] {
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
