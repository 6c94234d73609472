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

  it('fits the terminal by cutting what is widest, and is whole elsewhere', () => {
    const wide = [['x'.repeat(60), 'y'.repeat(30), 'z']];
    const shown = table(['ID', 'NAME', 'STATE'], wide, 80);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(shown).toContain(`${'x'.repeat(40)}…  ${'y'.repeat(30)}  z`);
    expect(table(['ID', 'NAME', 'STATE'], wide)).toContain('x'.repeat(60));
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
