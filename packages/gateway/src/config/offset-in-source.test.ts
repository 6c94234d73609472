import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document } from 'yaml';
import { textAt } from '../../test/kit/json-access.ts';
import { isJsonObject } from '../core/json.ts';
import { parseText } from './parse-document.ts';

/** What stands in the text at the position that is told for a place in the value of `when`. */
function found(text: string, word: string): string {
  const { value, locate } = parseText(text);
  const when = isJsonObject(value) ? textAt(value, 'when') : '';
  const position = locate({ path: ['when'], inside: { text: when, offset: when.indexOf(word) } });
  return text.split('\n')[(position?.line ?? 0) - 1]?.slice((position?.column ?? 0) - 1) ?? '';
}

describe('the place of a fault inside a text', () => {
  it.each([
    ['plain', 'when: model == "a" && HERE'],
    ['single quotes', `when: 'model == "a" && HERE'`],
    ['a quote in single quotes', `when: 'model == ''a'' && HERE'`],
    ['double quotes', `when: "model == \\"a\\" && HERE"`],
    ['a block', 'when: |\n  model == "a" &&\n    HERE\n'],
    ['a folded block', 'when: >-  # why\n  model == "a" &&\n\n  HERE\n'],
    ['several lines without quotes', 'when: model == "a"\n  && HERE'],
    ['JSON', `{ "when": "model == \\"a\\" &&\\n HERE" }`],
  ])('is found in %s', (_form, text) => {
    expect(found(text, 'HERE')).toMatch(/^HERE/);
  });

  it('is found at the end', () => {
    const { locate } = parseText('when: model ==\nthen: {}');
    expect(locate({ path: ['when'], inside: { text: 'model ==', offset: 8 } })).toEqual({ line: 1, column: 15 });
  });

  it('is found in everything that YAML writes', () => {
    const word = fc.constantFrom('a', 'model', '==', '"x y"', "'z'", '&&', '\n', '#', ': ', '\\', '>');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.array(word, { maxLength: 6 }), (before, after) => {
        const when = ['begin', ...before, 'HERE', ...after, 'end'].join(' ');
        expect(found(new Document({ when }).toString(), 'HERE')).toMatch(/^HERE/);
        expect(found(JSON.stringify({ when }), 'HERE')).toMatch(/^HERE/);
      }),
    );
  });
});
