import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { party, ruleFacts } from '../../test/kit/rule-facts.ts';
import { createCel, createCelView } from './cel.ts';
import { compileCondition, type Condition } from './compile-condition.ts';
import type { RuleFacts } from './facts.ts';
import { createRuleIndex } from './rule-index.ts';

const cel = createCel();
const viewOf = createCelView();

function condition(text: string): Condition {
  const compiled = compileCondition(text, cel);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.problem.message}`);
  return compiled.condition;
}

/** What CEL says, errors among it. */
function celSays({ holds }: Condition, facts: RuleFacts): boolean | 'error' {
  try {
    return holds(viewOf(facts));
  } catch {
    return 'error';
  }
}

const words = ['a', 'b', 'ab', ''];
const word = fc.constantFrom(...words);
const wordText = word.map((text) => JSON.stringify(text));
const wholeText = fc.constantFrom('0', '1', '2', '9007199254740993');
const numberText = fc.oneof(wholeText, fc.constantFrom('0.5', '1.0', '-1'));
const order = fc.constantFrom('<', '<=', '>', '>=');
const same = fc.constantFrom('==', '!=');

const text = fc.constantFrom('model', 'team.id', 'headers.x', 'headers["y"]', 'key.name');
const agents = ['codex', 'other', ''];
const agentText = fc.constantFrom(...agents).map((agent) => JSON.stringify(agent));
const anything = fc.constantFrom('metadata.m', 'metadata["n"]', 'metadata.deep.m', 'team.metadata.m');
const whole = fc.constantFrom('input_tokens', 'tools');
const list = fc.constantFrom('tags', 'team.tags');
const listText = fc.array(wordText, { minLength: 1, maxLength: 3 }).map((texts) => `[${texts.join(', ')}]`);

/** Expressions of the kinds that rules are made of, and some that no quick test is made of. */
const atom = fc.oneof(
  fc.tuple(text, same, wordText).map((parts) => parts.join(' ')),
  fc.tuple(wordText, same, text).map((parts) => parts.join(' ')),
  fc.tuple(text, order, wordText).map((parts) => parts.join(' ')),
  fc.tuple(text, listText).map(([left, right]) => `${left} in ${right}`),
  fc.tuple(agentText, same).map(([agent, sign]) => `agent ${sign} ${agent}`),
  fc.tuple(agentText, agentText).map((several) => `agent in [${several.join(', ')}]`),
  fc.tuple(wordText, list).map(([left, right]) => `${left} in ${right}`),
  fc
    .tuple(wordText, fc.constantFrom('headers', 'metadata', 'metadata.m', 'metadata.deep'))
    .map(([left, right]) => `${left} in ${right}`),
  fc
    .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), wordText)
    .map(([left, method, right]) => `${left}.${method}(${right})`),
  fc
    .tuple(anything, fc.constantFrom('startsWith', 'contains'), wordText)
    .map(([left, method, right]) => `${left}.${method}(${right})`),
  fc
    .tuple(anything, same, fc.oneof(wordText, numberText, fc.constantFrom('true', 'null')))
    .map((parts) => parts.join(' ')),
  fc.tuple(anything, order, fc.oneof(wordText, numberText)).map((parts) => parts.join(' ')),
  fc.tuple(anything, fc.oneof(listText, fc.constant('[0, 1]'))).map(([left, right]) => `${left} in ${right}`),
  fc.tuple(whole, fc.oneof(order, same), wholeText).map((parts) => parts.join(' ')),
  fc.tuple(whole, order, numberText).map((parts) => parts.join(' ')),
  fc.tuple(fc.constant('budget_used'), order, numberText).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'stream',
    'has_images',
    'true',
    'has(headers.x)',
    'has(metadata.m)',
    'has(metadata.deep.m)',
    'has(key.expires)',
  ),
  fc
    .tuple(fc.oneof(text, list, fc.constantFrom('metadata.m', 'metadata.deep')), fc.oneof(order, same), wholeText)
    .map(([left, compare, right]) => `size(${left}) ${compare} ${right}`),
  fc.tuple(list, order, numberText).map(([left, compare, right]) => `${left}.size() ${compare} ${right}`),
  fc
    .tuple(list, fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), wordText)
    .map(([left, method, right]) => `${left}.exists(t, t.${method}(${right}))`),
  fc.tuple(list, wordText, text).map(([left, right, of]) => `${left}.exists(t, t != ${right} && ${of} == ${right})`),
  fc.constantFrom(
    'tags.exists(t, t == model)',
    'tags.exists(model, model == "a" || team.tags.exists(t, t == "b" && model == "ab"))',
    'metadata.exists(m, m == "m")',
    'metadata.deep.exists(m, m.startsWith("a"))',
    'tags.all(t, size(t) > 1)',
    'model == agent',
    'model in tags',
    'now.getHours("UTC") > 1',
  ),
  fc.constantFrom('(stream ? model == "a" : headers.x == "a")', 'input_tokens / tools > 0', 'metadata.m == metadata.n'),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    tie('expression').map((inner) => `!(${inner})`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one} && ${other})`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(${one} || ${other})`),
  ),
}));

const json = fc.oneof(
  word,
  fc.constantFrom(0, 1, 0.5, true, false, null),
  fc.array(word, { maxLength: 2 }),
  fc.record({ m: word }),
);
const metadata = fc.record(
  { m: json, n: json, a: word, deep: fc.oneof(word, fc.record({ m: word, a: word })) },
  { requiredKeys: [] },
);
const tags = fc.uniqueArray(word, { maxLength: 2 });

const facts = fc
  .record({
    model: word,
    agent: fc.constantFrom(...agents),
    tags,
    metadata,
    team: fc.tuple(word, metadata, tags).map((fields) => party(...fields)),
    stream: fc.boolean(),
    headers: fc.record({ x: word, y: word, a: word }, { requiredKeys: [] }),
    tokens: fc.integer({ min: 0, max: 2 }),
    tools: fc.integer({ min: 0, max: 1 }),
    images: fc.boolean(),
    budgetUsed: fc.constantFrom(undefined, 0, 0.5, 1),
  })
  .map(({ headers, tokens, tools, images, ...given }) =>
    ruleFacts({
      ...given,
      headers: () => headers,
      inputTokens: () => tokens,
      tools: () => tools,
      hasImages: () => images,
    }),
  );

function property(holds: (written: string, request: RuleFacts) => boolean, written: fc.Arbitrary<string>) {
  return fc.property(written, facts, holds);
}

describe('the quick test of a condition', () => {
  it('never stops a condition that CEL says holds', () => {
    let held = 0;
    const allowed = property((written, request) => {
      const tested = condition(written);
      const holds = celSays(tested, request) === true;
      held += Number(holds);
      return !holds || tested.mayHold(request);
    }, expression);
    expect(fc.check(allowed, { numRuns: 8_000 })).toMatchObject({ failed: false });
    expect(held).toBeGreaterThan(1_000);
  });

  it('agrees with the gate: what CEL says holds is found by it', () => {
    let gates = 0;
    const found = property((written, request) => {
      const tested = condition(written);
      if (!tested.gate || celSays(tested, request) !== true) return true;
      gates += 1;
      const rule = {
        name: '',
        condition: tested,
        effects: { fallbacks: [], requireTags: [] },
        chain: false,
        shadow: false,
      };
      return createRuleIndex([rule]).candidates(request).length === 1;
    }, expression);
    expect(fc.check(found, { numRuns: 8_000 })).toMatchObject({ failed: false });
    expect(gates).toBeGreaterThan(50);
  });

  it('stops by itself whatever does not hold, of everything that it knows', () => {
    const unknown =
      /t == model|\.all|metadata\.(?:deep\.)?exists|size\(metadata|model ==|model in tags|agent$|now|\?|\/|null|\.n$|9007|-1/;
    const stops = property(
      (written, request) => {
        const tested = condition(written);
        return celSays(tested, request) !== false || !tested.mayHold(request);
      },
      atom.filter((written) => !unknown.test(written)),
    );
    expect(fc.check(stops, { numRuns: 3_000 })).toMatchObject({ failed: false });
  });

  it.each([
    'headers["x-team"] == "core"',
    '!(headers["x-team"] == "core")',
    'metadata.level > 3',
    'metadata.deep.level != 3',
  ])('finds out that something is missing before CEL makes an error of it: %s', (written) => {
    expect(condition(written).mayHold(ruleFacts())).toBe(false);
  });
});
