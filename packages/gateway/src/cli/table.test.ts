import { describe, expect, it } from 'vitest';
import { table } from './table.ts';

const rows = [
  ['key_1', 'Laptop', 'on'],
  ['key_22', '', 'disabled'],
];

describe('a table', () => {
  it('has aligned columns and no spaces at the ends of lines', () => {
    expect(table(['ID', 'NAME', 'STATE'], rows)).toBe(
      'ID      NAME    STATE\nkey_1   Laptop  on\nkey_22          disabled\n',
    );
  });

  it('fits the terminal by cutting what is widest but never the first column, and is whole elsewhere', () => {
    const wide = [['key_0123456789', 'x'.repeat(60), 'y'.repeat(30), 'z']];
    const titles = ['ID', 'NAME', 'TEAM', 'STATE'];
    const shown = table(titles, wide, 80);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(shown).toContain(`key_0123456789  ${'x'.repeat(26)}…  ${'y'.repeat(27)}…  z`);
    expect(table(titles, wide)).toContain('x'.repeat(60));
  });

  it('leaves out columns in which nothing stands', () => {
    expect(table(['ID', 'USER', 'STATE'], [['a', '', 'on']])).toBe('ID  STATE\na   on\n');
  });

  it('counts letters as people do', () => {
    expect(
      table(
        ['N', 'X'],
        [
          ['👩‍👩‍👧', 'a'],
          ['é', 'b'],
        ],
      ),
    ).toBe('N  X\n👩‍👩‍👧  a\né  b\n');
  });
});
