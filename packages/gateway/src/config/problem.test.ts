import { describe, expect, it } from 'vitest';
import { formatPath, formatProblem, locateFindings } from './problem.ts';

describe('a problem', () => {
  it('is printed as file, line, column, path, message and hint', () => {
    const line = formatProblem({
      file: 'turnpike.yaml',
      line: 12,
      column: 5,
      path: 'server.port',
      message: 'must be a whole number, not text',
      hint: 'remove the quotes',
      severity: 'error',
    });
    expect(line).toBe('turnpike.yaml:12:5  server.port: must be a whole number, not text (remove the quotes)');
  });

  it('is printed without a position where there is none', () => {
    expect(formatProblem({ path: '--port', message: 'is wrong', severity: 'warning' })).toBe(
      'warning: --port: is wrong',
    );
  });

  it('quotes names that would not read as one', () => {
    expect(formatPath(['models', 'gpt-5.5', 'targets', 0])).toBe('models["gpt-5.5"].targets[0]');
    expect(formatPath(['providers', 'openai', 'keys', 1, 'value'])).toBe('providers.openai.keys[1].value');
  });

  it('comes in the order of the text', () => {
    const lines = new Map([
      ['a', 9],
      ['b', 2],
    ]);
    const findings = ['a', 'b'].map((name) => ({ path: [name], message: 'is wrong' }));
    const located = locateFindings(findings, 'x.yaml', ({ path }) => ({
      line: lines.get(String(path[0])) ?? 0,
      column: 1,
    }));
    expect(located.map((problem) => problem.path)).toEqual(['b', 'a']);
  });
});
