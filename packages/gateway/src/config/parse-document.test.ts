import { describe, expect, it } from 'vitest';
import { parseText } from './parse-document.ts';

describe('reading the text of a document', () => {
  it('reads JSON, also with tabs', () => {
    expect(parseText('{\n\t"server": {\n\t\t"port": 1\n\t}\n}').value).toEqual({ server: { port: 1 } });
  });

  it('keeps names as they are written', () => {
    expect(parseText('models: { 1.10: a, yes: b, null: c }').value).toEqual({
      models: { '1.10': 'a', yes: 'b', null: 'c' },
    });
  });

  it('follows anchors, for values and for positions', () => {
    const { value, locate } = parseText('a: &x\n  b: 1\nc: *x\n');
    expect(value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(locate({ path: ['c', 'b'] })).toEqual({ line: 2, column: 6 });
  });

  it('does not let a name reach the prototype of objects', () => {
    const { value } = parseText('__proto__: { polluted: true }');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([
    ['a: 1\nb: 2\na: 3\n', 3, 1, 'this name stands twice in the same place'],
    ['a:\n\tb: 1\n', 2, 1, 'a tab is used for indentation'],
    ['a: 1\n---\nb: 2\n', 2, 1, 'a second document begins here'],
    ['a: !thing 1\n', 1, 4, 'unknown tag !thing'],
    ['a: b: c\n', 1, 4, 'a second `: ` stands in this line'],
    ['? [a]\n: 1\n', 1, 3, 'this name is not text'],
    ['a: "x\n', 2, 1, 'missing closing "quote'],
    ['a: *\n', 1, 4, 'alias cannot be an empty string'],
    ['a: *nope\n', 1, 1, '`*nope` refers to an anchor that does not exist'],
  ])('says where %j is wrong', (text, line, column, message) => {
    expect(parseText(text).complaints[0]).toMatchObject({ line, column, message });
  });

  it('refuses anchors that multiply without end', () => {
    const layers = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [above, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg']) {
      layers.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${above}`).join(', ')}]`);
    }
    expect(parseText(layers.join('\n')).complaints[0]?.message).toBe('repeats anchors too often');
  });

  it('finds names, values, and what is nearest to something missing', () => {
    const { locate } = parseText('server:\n  port: 80\nkeys:\n  - value: x\n');
    expect(locate({ path: ['server', 'port'] })).toEqual({ line: 2, column: 9 });
    expect(locate({ path: ['server', 'port'], at: 'name' })).toEqual({ line: 2, column: 3 });
    expect(locate({ path: ['keys', 0, 'value'] })).toEqual({ line: 4, column: 12 });
    expect(locate({ path: ['keys', 0, 'name'] })).toEqual({ line: 4, column: 5 });
    expect(locate({ path: ['nowhere'] })).toEqual({ line: 1, column: 1 });
  });
});
