import { describe, expect, it } from 'vitest';
import type { Item } from '../../core/items.ts';
import { withUserEnd } from './user-end.ts';

const says = (role: 'user' | 'assistant', text: string): Item => ({
  type: 'message',
  role,
  parts: [{ type: 'text', text }],
});
const thought: Item = { type: 'reasoning', summary: ['Hm.'] };
const result: Item = { type: 'tool-result', kind: 'function', callId: 'c', output: [] };
const requestOf = (...items: readonly Item[]) => ({ model: 'm', stream: true, items, tools: [] });

describe('a request that asks a model to go on with its own words', () => {
  it.each([
    { what: 'its words', items: [says('user', 'Hello'), says('assistant', 'I begin.')] },
    { what: 'a thought behind its words', items: [says('user', 'Hello'), says('assistant', 'I begin.'), thought] },
  ])('says so where it ends with $what', ({ items }) => {
    expect(withUserEnd(requestOf(...items)).items).toEqual([...items, says('user', 'Continue.')]);
  });

  it.each([
    { what: 'the user', items: [says('user', 'Hello')] },
    { what: 'a result', items: [says('user', 'Hello'), says('assistant', 'I begin.'), result] },
    { what: 'a thought that led to nothing', items: [says('user', 'Hello'), thought] },
    { what: 'nothing', items: [] },
  ])('stays as it is where it ends with $what', ({ items }) => {
    const request = requestOf(...items);
    expect(withUserEnd(request)).toBe(request);
  });
});
