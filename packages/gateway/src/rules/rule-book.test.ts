import { describe, expect, it } from 'vitest';
import { type GivenFacts, party, ruleFacts } from '../../test/kit/rule-facts.ts';
import { createCel } from './cel.ts';
import { compileCondition } from './compile-condition.ts';
import { createRuleBook, type Decision } from './rule-book.ts';
import type { Effects, Rule } from './rule.ts';

const cel = createCel();

function rule(when: string, effects: Partial<Effects>, more: Partial<Rule> = {}): Rule {
  const compiled = compileCondition(when, cel);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const { condition } = compiled;
  return {
    name: when,
    condition,
    effects: { fallbacks: [], requireTags: [], ...effects },
    chain: false,
    shadow: false,
    ...more,
  };
}

function decide(rules: readonly Rule[], facts: GivenFacts = {}): Decision | undefined {
  return createRuleBook(rules).decide(ruleFacts({ model: 'gpt-5.5', ...facts }));
}

describe('rules', () => {
  it('do with other operations what can be done with them', () => {
    const rules = [
      rule('true', { model: 'small', parameters: { temperature: 0 }, requireTags: ['eu'] }, { chain: true }),
      rule('model == "small" || model == ""', { group: 'eu', fallbacks: ['a'] }),
    ];
    const did = (facts: GivenFacts) => decide(rules, facts)?.notes.flatMap((note) => note.did);
    expect(did({})).toEqual(['model → small', 'require tags eu', 'set temperature', 'group eu', 'fallbacks a']);
    expect(did({ reach: 'model' })).toEqual(['model → small', 'require tags eu', 'group eu', 'fallbacks a']);
    expect(did({ reach: 'account', model: '' })).toEqual(['require tags eu']);
    expect(decide(rules, { reach: 'account', model: '' })).toMatchObject({ fallbacks: [], demands: [{ tag: 'eu' }] });
  });

  it('say nothing where none of them holds', () => {
    expect(decide([])).toBeUndefined();
    expect(decide([rule('model == "other"', { model: 'x' })])).toBeUndefined();
  });

  it('are decided by the first one that holds', () => {
    const rules = [rule('stream', { model: 'first' }), rule('true', { model: 'second' })];
    expect(decide(rules)?.model).toBe('first');
    expect(decide(rules, { stream: false })?.model).toBe('second');
    expect(decide(rules)?.notes).toEqual([{ name: 'stream', did: ['model → first'] }]);
  });

  it('of a chain add up, and see the model as the ones before them have it', () => {
    const decision = decide([
      rule(
        'model == "gpt-5.5"',
        { model: 'coder', fallbacks: ['a'], parameters: { reasoningEffort: 'low', maxOutputTokens: 10 } },
        { chain: true },
      ),
      rule('model == "gpt-5.5"', { model: 'never' }),
      rule(
        'model == "coder"',
        { model: 'coder-eu', requireTags: ['eu'], parameters: { reasoningEffort: 'high', maxOutputTokens: 20 } },
        { chain: true },
      ),
      rule('model.endsWith("-eu")', { group: 'eu', fallbacks: ['b'] }),
      rule('true', { group: 'never' }),
    ]);
    expect(decision).toMatchObject({
      model: 'coder-eu',
      group: 'eu',
      fallbacks: ['a', 'b'],
      parameters: { reasoningEffort: 'high', maxOutputTokens: 10 },
      demands: [{ tag: 'eu', of: 'rule "model == "coder""' }],
      names: [
        { from: 'gpt-5.5', to: 'coder', by: 'rule' },
        { from: 'coder', to: 'coder-eu', by: 'rule' },
      ],
    });
    expect(decision?.notes).toHaveLength(3);
  });

  it('refuse with their message, and nothing comes after that', () => {
    const decision = decide([rule('true', { refuse: 'Not now.' }, { chain: true }), rule('true', { model: 'x' })]);
    expect(decision).toMatchObject({ refusal: { message: 'Not now.' }, notes: [{ did: ['refuse'] }] });
    expect(decision?.model).toBeUndefined();
  });

  it('in shadow mode are told of and change nothing', () => {
    const decision = decide([
      rule('true', { refuse: 'No.' }, { name: 'shy', shadow: true }),
      rule('true', { model: 'x' }),
    ]);
    expect(decision).toMatchObject({
      model: 'x',
      notes: [{ name: 'shy', shadow: true, did: ['refuse'] }, { did: ['model → x'] }],
    });
    expect(decision?.refusal).toBeUndefined();
  });

  it('that ask for what is not there do not hold, and nobody is told', () => {
    const conditions = [
      'headers["x"] == "a"',
      '!(metadata.a.b == 1)',
      'metadata.list[7] == "a"',
      'budget_used < 0.5',
      'key.expires > now',
    ];
    const facts = { metadata: { list: [] }, budgetUsed: undefined };
    expect(
      decide(
        conditions.map((when) => rule(when, { model: 'x' })),
        facts,
      ),
    ).toBeUndefined();
  });

  it('that cannot be decided do nothing, and say why', () => {
    const decision = decide([rule('metadata.level > 3', { model: 'x' }), rule('true', { model: 'y' })], {
      metadata: { level: 'high' },
    });
    expect(decision?.model).toBe('y');
    expect(decision?.notes[0]).toMatchObject({
      name: 'metadata.level > 3',
      did: [],
      error: 'there is no `string > int`',
    });
  });

  it('do not look at the request for what no rule asks', () => {
    const never = () => {
      throw new Error('asked');
    };
    const costly = { inputTokens: never, tools: never, hasImages: never, headers: never, bucket: never };
    const cheap = 'team.id == "core" && input_tokens > 1000 && has_images';
    expect(decide([rule(cheap, { model: 'x' })], { ...costly, team: party('other') })).toBeUndefined();
  });
});
