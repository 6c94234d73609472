import { assert, constantFrom, property, array, string } from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { createPatterns, readPattern } from './patterns.ts';

const pieces = array(
  constantFrom('a', 'b', '5', '_', ' ', '/', ':', '@', ',', '-', '\\.', '\\-', '\\/', '^', '$', '.'),
  {
    maxLength: 6,
  },
).map((each) => each.join(''));
const texts = string({
  unit: constantFrom('a', 'b', '5', '_', ' ', '/', ':', '@', ',', '-', '.', '\n', 'é', '^', '$'),
});

function fits(source: string, text: string): boolean {
  const read = readPattern(source);
  if (!read.ok) throw new Error(read.problem.message);
  return read.pattern.test(text);
}

function problemWith(source: string): string {
  const read = readPattern(source);
  return read.ok ? 'none' : `${read.problem.message} @ ${read.problem.part}`;
}

describe('a regular expression', () => {
  it('says the same as RE2, also where it is only a text to look for', () => {
    assert(
      property(pieces, texts, texts, (source, before, after) => {
        const compiled = RE2JS.compile(source);
        const literal = source.replaceAll(/[\\^$]/g, '');
        for (const text of [before, literal, before + literal, literal + after, before + literal + after])
          expect([source, text, fits(source, text)]).toEqual([source, text, compiled.test(text)]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a(?=b)', 'has `(?=`, but there is no looking ahead in RE2 @ (?='],
    ['(?<!a)b', 'has `(?<!`, but there is no looking behind in RE2 @ (?<!a)b'],
    ['(?<n>a)\\k<n>', 'has `\\k`, but there are no references to groups in RE2 @ \\k'],
    ['a++', 'has `++`, but there are no possessive repetitions in RE2 @ ++'],
    ['(?>a)', 'has `(?>`, but there are no atomic groups in RE2 @ (?>'],
    ['a{2000}', 'is not a regular expression of RE2: invalid repeat count `{2000}` @ {2000}'],
    ['a\\', 'is not a regular expression of RE2: trailing backslash at end of expression @ '],
  ])('that is none, %s, is told so', (source, problem) => {
    expect(problemWith(source)).toBe(problem);
  });
});

describe('the patterns of a document', () => {
  it('are read once', () => {
    const { keep, recall } = createPatterns();
    expect(keep('a+')).toBe(keep('a+'));
    expect(recall('a+')).toBe(keep('a+'));
    expect(recall('b+')).toBe(recall('b+'));
  });

  it('are not read where a request brings them and they are long', () => {
    const { keep, recall } = createPatterns();
    expect(recall('a'.repeat(501))).toEqual({ ok: false, problem: { message: 'is too long' } });
    expect(keep('a'.repeat(501)).ok).toBe(true);
  });
});
