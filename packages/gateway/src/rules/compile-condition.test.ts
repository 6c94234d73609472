import { describe, expect, it } from 'vitest';
import { type GivenFacts, party, ruleFacts } from '../../test/kit/rule-facts.ts';
import { createCel, createCelView } from './cel.ts';
import { compileCondition } from './compile-condition.ts';
import { KeyParty } from './facts.ts';
import { createMoments } from './zoned-time.ts';

const cel = createCel();
const viewOf = createCelView();

function holds(text: string, facts: GivenFacts = {}): boolean {
  const compiled = compileCondition(text, cel);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const request = ruleFacts(facts);
  return compiled.condition.mayHold(request) && compiled.condition.holds(viewOf(request));
}

/** The problem with a condition, with the rest of the text from where it is. */
function problemWith(text: string): string {
  const compiled = compileCondition(text, cel);
  if (compiled.ok) return 'none';
  const { at, message, hint } = compiled.problem;
  return `${message}${hint === undefined ? '' : ` (${hint})`} @ ${text.slice(at)}`;
}

describe('a condition', () => {
  it.each<[string, GivenFacts]>([
    ['team.id == "core" && metadata.seniority == "junior"', { team: party('core'), metadata: { seniority: 'junior' } }],
    ['team.metadata.floor > 2 && team.metadata.floor == 3', { team: party('core', { floor: 3 }) }],
    ['team.id == "" && !has(key.expires)', {}],
    ['key.expires < timestamp("2027-02-01T00:00:00Z")', { key: new KeyParty(undefined, new Date('2027-01-05')) }],
    ['"eu" in tags && "x-team" in headers', { tags: ['eu'], headers: () => ({ 'x-team': 'a' }) }],
    ['input_tokens > 100000 && input_tokens < 100001.5', { inputTokens: () => 100_001 }],
    ['budget_used >= 0.8 && budget_used > 0', { budgetUsed: 0.8 }],
    ['bucket < 5', { bucket: () => 4 }],
    ['has_images && tools > 0', { hasImages: () => true, tools: () => 1 }],
    ['kind != "" && agent != "codex" && model != "codx"', { kind: 'title', agent: 'other' }],
    ['kind in ["title", "memory"] && stream', { kind: 'title' }],
    ['!("x-team" in headers) || headers["x-team"] != "a"', {}],
    ['model.matches("^gpt-5(\\\\.[0-9]+)?$") && !model.matches("(?i)^GPT-4")', {}],
    ['model.matches(metadata.form)', { metadata: { form: '[0-9]\\.[0-9]' } }],
  ])('%s', (text, facts) => {
    expect(holds(text, facts)).toBe(true);
  });

  it('tells the time of any zone', () => {
    const moment = createMoments()(Date.UTC(2027, 6, 2, 22, 30));
    const now = () => moment;
    expect(holds('now.getHours("Europe/Berlin") == 0 && now.getDayOfWeek("Europe/Berlin") == 6', { now })).toBe(true);
    expect(
      holds('now.getHours() == 22 && now.getDayOfWeek() == 5 && now.getMinutes("Asia/Kolkata") == 0', { now }),
    ).toBe(true);
    expect(holds('now.getFullYear("Pacific/Auckland") == 2027 && now.getMonth() == 6', { now })).toBe(true);
  });

  it('takes no longer for a pattern that can fit in many ways, wherever it stands', () => {
    const text = `${'a'.repeat(20_000)}!`;
    for (const condition of [
      'model.matches("(a+)+$")',
      '[model].exists(each, each.matches("(a+)+$"))',
      'stream ? model.matches("(a|a)*$") && false : true',
      'metadata.text.matches("(a+)+$")',
      'model.matches(metadata.form)',
      '[model].map(each, each.matches("(a*)*b"))[0]',
      '[model].filter(each, each.matches("(a+)+$")).size() == 1',
    ])
      expect([condition, holds(condition, { model: text, metadata: { text, form: '(a+)+$' } })]).toEqual([
        condition,
        false,
      ]);
  });

  it('names the variables that it asks for', () => {
    const compiled = compileCondition('tags.exists(t, t == model) || has(metadata.a) && budget_used > 0.5', cel);
    expect(
      compiled.ok && ['tags', 'model', 'metadata', 'budget_used'].every((name) => compiled.condition.asks.has(name)),
    ).toBe(true);
    expect(compiled.ok && compiled.condition.asks.has('team')).toBe(false);
  });
});

describe('what is wrong with a condition', () => {
  it.each([
    ['mdel == "x"', 'there is no variable `mdel` @ mdel == "x"'],
    ['stream && team.idd == "x"', '`team` has no field `idd` @ idd == "x"'],
    ['key.expire < now', '`key` has no field `expire` @ expire < now'],
    ['model.startswith("x")', 'there is no function `startswith` @ model.startswith("x")'],
    ['model.startsWith(3)', '`startsWith` cannot be used so (as `string.startsWith(string)`) @ model.startsWith(3)'],
    ['stream && model == 3', 'there is no `string == int` (texts stand in quotes) @ model == 3'],
    ['input_tokens > "100"', 'there is no `int > string` (without quotes it is no text) @ input_tokens > "100"'],
    ['budget_used == 1', 'there is no `double == int` (write the number with a point, such as 1.0) @ budget_used == 1'],
    ['model ==', 'ends where something more is expected @ '],
    ['stream & stream', 'cannot go on with `&` (write `&&`) @ & stream'],
    ['stream and stream', 'cannot go on with `and` (write `&&`) @ and stream'],
    ['stream | stream', 'cannot go on with `|` (write `||`) @ | stream'],
    ['stream or stream', 'cannot go on with `or` (write `||`) @ or stream'],
    ['not stream', 'cannot go on with `stream` (write `!`) @ stream'],
    ['model = "x"', 'cannot go on with `=` (write `==`) @ = "x"'],
    ['model === "x"', 'cannot go on with `=` (write `==`) @ = "x"'],
    ['model is "x"', 'cannot go on with `is` (write `==`) @ is "x"'],
    ['model <> "x"', 'cannot go on with `>` (write `!=`) @ > "x"'],
    ['model =~ "x"', 'cannot go on with `=` (write `.matches("…")`) @ =~ "x"'],
    ['model == “x”', 'cannot go on with `“` (texts stand in straight quotes) @ “x”'],
    ['tools > 1_000', 'cannot go on with `_000` (numbers are written without `_`) @ _000'],
    ['stream stream', 'cannot go on with `stream` @ stream'],
    ['(stream', 'lacks a `)` here @ '],
    ['model in ("a", "b")', 'lacks a `)` here (lists stand in `[ ]`) @ , "b")'],
    ['model == "x', 'has a text without a quote at its end @ "x'],
    ['kind == "titel"', 'there is no kind `titel` @ "titel"'],
    ['"codx" != agent', 'there is no agent `codx` @ "codx" != agent'],
    ['dialect in ["chat", "respones"]', 'there is no dialect `respones` @ "respones"]'],
    ['model', 'must come to true or false, not to a string @ model'],
    ['metadata.beta', 'may come to anything (compare it, for example with `== true`) @ metadata.beta'],
    ['headers["X-Team"] == "a"', 'names of headers are in lower case here (write `x-team`) @ "X-Team"] == "a"'],
    ['"Cookie" in headers', 'credentials and cookies are not shown to rules @ "Cookie" in headers'],
    ['has(headers.authorization)', 'credentials and cookies are not shown to rules @ authorization)'],
    ['now.getHours("Berlin") > 3', '`Berlin` is not a time zone (such as Europe/Berlin) @ "Berlin") > 3'],
    ['model.matches("a[")', 'is not a regular expression of RE2: missing closing ] `[` @ [")'],
    ['operation == "embedding"', 'there is no operation `embedding` @ "embedding"'],
    ['model.matches(3)', '`matches` cannot be used so (as `string.matches(string)`) @ model.matches(3)'],
    [
      'model.matches("^(?!gpt)")',
      'has `(?!`, but there is no looking ahead in RE2 (join several patterns by `&&` and `!`) @ (?!gpt)")',
    ],
    [
      'tags.all(t, t.matches(r"(a)\\1"))',
      'has `\\1`, but there are no references to groups in RE2 (join several patterns by `&&` and `!`) @ \\1"))',
    ],
  ])('%s', (text, problem) => {
    expect(problemWith(text)).toBe(problem);
  });

  it('is told with the name that was meant', () => {
    const compiled = compileCondition('input_token > 3', cel);
    const unknown = compiled.ok ? undefined : compiled.problem.unknown;
    expect(unknown?.name).toBe('input_token');
    expect(unknown?.known).toContain('input_tokens');
  });

  it('is never an exception, whatever is written', () => {
    for (const text of [
      '',
      '((((',
      '"',
      '\u0000',
      '1'.repeat(400),
      '['.repeat(300),
      'a.b.c.d',
      '{1: 2}',
      'optional.of(1)',
      'google.protobuf',
    ])
      expect(problemWith(text)).not.toBe('none');
  });
});
