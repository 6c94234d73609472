import { describe, expect, it } from 'vitest';
import { party, ruleFacts } from '../../test/kit/rule-facts.ts';
import { createCel } from './cel.ts';
import { compileCondition } from './compile-condition.ts';
import type { Rule } from './rule.ts';
import { createRuleIndex, type RuleIndex } from './rule-index.ts';

const cel = createCel();

function rule(when: string): Rule {
  const compiled = compileCondition(when, cel);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const { condition } = compiled;
  return { name: when, condition, effects: { fallbacks: [], requireTags: [] }, chain: false, shadow: false };
}

const conditions = [
  'stream',
  'team.id == "core" && stream',
  '"eu" in tags || "us" in tags',
  'model in ["a", "b"]',
  '"b" == model || model == "c"',
  'team.id == "core" || model == "a"',
  '!(model == "a")',
  'headers["x"] == "1"',
];

describe('the index of rules', () => {
  const index: RuleIndex = createRuleIndex(conditions.map(rule));
  const always = [0, 5, 6];

  it('gives those that find what they must, in their order, and those that must be tested', () => {
    expect(index.candidates(ruleFacts())).toEqual(always);
    expect(index.candidates(ruleFacts({ model: 'b' }))).toEqual([0, 3, 4, 5, 6]);
    const facts = ruleFacts({ tags: ['us', 'eu'], team: party('core'), headers: () => ({ x: '1' }) });
    expect(index.candidates(facts)).toEqual([0, 1, 2, 5, 6, 7]);
  });

  it('gives each once, though it is found twice', () => {
    const twice = createRuleIndex([rule('stream'), rule('"a" in tags || "b" in tags'), rule('model in ["a", "a"]')]);
    expect(twice.candidates(ruleFacts({ tags: ['b', 'a'], model: 'a' }))).toEqual([0, 1, 2]);
  });

  it('gives those behind a position', () => {
    expect(index.candidates(ruleFacts(), 1)).toEqual([5, 6]);
    expect(index.candidates(ruleFacts({ model: 'c' }), 4)).toEqual([4, 5, 6]);
  });
});
