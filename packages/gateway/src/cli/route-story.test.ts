import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { RouteExplanation } from '@turnpike/contract/route-explanation';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from './io.ts';
import { storyOfExplanation, storyOfRecord } from './route-stories.ts';
import { tellStory } from './route-story.ts';

const explanation: RouteExplanation = {
  request: {
    model: 'coder',
    dialect: 'responses',
    agent: 'codex',
    session: '0198b7c2',
    requestKind: 'title',
    bodyBytes: 48_210,
  },
  caller: { name: 'alice-laptop', key: 'key_1', team: 'core', tags: ['ci'] },
  route: {
    names: [
      { from: 'coder', to: 'coder-mini', by: 'rule', of: 'rule cheap-titles' },
      { from: 'coder-mini', to: 'coder-small', by: 'overlay', of: 'team core' },
    ],
    rules: [
      { name: 'cheap-titles', did: ['model → coder-mini'] },
      { name: 'eu-only', shadow: true, did: ['refuse'] },
      { name: 'spend', did: [], error: 'no such key: budget' },
    ],
    parameters: { reasoning_effort: 'low', max_output_tokens: 2000 },
    candidates: 6,
    excluded: [
      {
        provider: 'azure',
        model: 'gpt-5.5-mini',
        credential: 'azure#1',
        why: 'tags',
        detail: 'the label "eu" (by the team "core")',
      },
      { provider: 'local', model: 'qwen3-coder', why: 'context-window', detail: 'needs 210,000 tokens, has 128,000' },
    ],
    order: [],
    notice: 'coder will go in March; ask for coder-2.',
  },
  skipped: [{ provider: 'openai', model: 'gpt-5.5-mini', credential: 'openai#3', why: 'rate-limited' }],
  attempts: [
    {
      provider: 'openai',
      model: 'gpt-5.5-mini',
      credential: 'openai#1',
      failure: {
        code: 'deployment-limited',
        message: 'Provider "openai" may use 60 requests per minute ("openai-rpm"), and has. Try again in 12 seconds.',
      },
    },
    {
      provider: 'openai',
      model: 'gpt-5.5-mini',
      credential: 'openai#2',
      lane: 'express',
      cost: { likelyInputTokens: 16_070, likelyNanoDollars: '31240000' },
    },
    {
      provider: 'claude',
      model: 'claude-haiku-4-5',
      credential: 'claude#main',
      lane: 'translate',
      health: { state: 'recovering', why: 'failing' },
      losses: [{ weight: 'hint', what: 'text.verbosity', why: 'Anthropic knows none' }],
      cost: { likelyInputTokens: 16_070 },
    },
    {
      provider: 'openai',
      model: 'gpt-5.5-mini',
      credential: 'openai#3',
      lane: 'express',
      health: { state: 'resting', why: 'rate-limited', untilMs: Date.UTC(2027, 0, 1, 10, 5) },
      cost: { likelyInputTokens: 16_070, likelyNanoDollars: '31240000' },
    },
  ],
  shadowed: ['daily'],
  outcome: { result: 'sent', provider: 'openai', model: 'gpt-5.5-mini', credential: 'openai#2' },
};

function told(
  story: Parameters<typeof tellStory>[0],
  columns: number,
  env: CommandIo['env'] = { NO_COLOR: '1' },
): string {
  return tellStory(story, {
    env,
    cwd: '/',
    out: () => {},
    err: () => {},
    columns,
    setExitCode: () => {},
  });
}

describe('the story of a route', () => {
  it('is laid out for a wide terminal', () => {
    expect(told(storyOfExplanation(explanation), 120)).toMatchInlineSnapshot(`
      "coder
      asked by alice-laptop · team core · tags ci
      a title of codex · session 0198b7c2 · about 16,070 tokens

      name    coder → coder-mini  (rule cheap-titles)
              coder-mini → coder-small  (team core)
      rules   cheap-titles: model → coder-mini
              eu-only: would have done: refuse (in shadow mode)
              spend: cannot be decided: no such key: budget
      sets    reasoning_effort low · max_output_tokens 2000
      notice  coder will go in March; ask for coder-2.

      ✗  1  openai/gpt-5.5-mini      openai#1
            Provider "openai" may use 60 requests per minute ("openai-rpm"), and has. Try again in 12 seconds.
      ✓  2  openai/gpt-5.5-mini      openai#2     express · about $0.031
      ✓  3  claude/claude-haiku-4-5  claude#main  recovering (failing) · translate · price unknown · loses text.verbosity
      ✓  4  openai/gpt-5.5-mini      openai#3     resting until 10:05:00 UTC (rate-limited) · express · about $0.031
      ✗     azure/gpt-5.5-mini       azure#1      lacks what is demanded: the label "eu" (by the team "core")
      ✗     local/qwen3-coder                     too small a context window: needs 210,000 tokens, has 128,000
        would come earlier, were they well: openai/gpt-5.5-mini openai#3 (rate-limited)
        limits in shadow mode that would refuse it: daily

      → goes to openai/gpt-5.5-mini with openai#2, and if it fails to claude/claude-haiku-4-5 with claude#main
      "
    `);
  });

  it('stays within a narrow one', () => {
    const text = told(storyOfExplanation(explanation), 60);
    expect(text.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(text).toContain(
      '✗  1  openai/gpt-5.5-mini      openai#1\n      Provider "openai" may use 60 requests per minute\n',
    );
  });

  it('ends with what the agent would be told where nothing is sent', () => {
    const outcome = {
      result: 'refused',
      code: 'model-forbidden',
      message: 'The team "core" may not use "o1".',
      status: 403,
    } as const;
    const { caller: _, ...nobody } = { ...explanation, outcome, attempts: [], route: undefined };
    const { route: _route, ...rest } = nobody;
    expect(told(storyOfExplanation(rest), 100)).toContain(
      '✗ refused (403 model-forbidden): The team "core" may not use "o1".',
    );
  });

  it('has all lines of its end in bold', () => {
    const end = { good: false, text: 'one two three four five six seven eight nine' };
    const text = told({ asked: 'coder', about: [], route: undefined, rows: [], notes: [], end }, 40, {});
    expect(text.split('\n').filter((line) => line.includes('\u001b[1m'))).toHaveLength(3);
  });

  it('is told of a request that has been, too', () => {
    const record: ExchangeRecord = {
      id: 'ex_1',
      startedAt: Date.UTC(2027, 0, 1),
      durationMs: 2345,
      outcome: 'done',
      status: 200,
      agent: 'codex',
      dialect: 'responses',
      wire: 'http',
      stream: true,
      modelAsked: 'coder',
      key: 'alice-laptop',
      provider: 'claude',
      model: 'm',
      credential: 'claude#main',
      route: { candidates: 2, order: ['openai/m openai#1', 'claude/m claude#main'] },
      attempts: [
        {
          provider: 'openai',
          model: 'm',
          credential: 'openai#1',
          lane: 'express',
          startedMs: 2,
          durationMs: 840,
          upstreamStatus: 503,
          failure: { code: 'upstream-overloaded', message: 'The provider is overloaded.' },
        },
        {
          provider: 'claude',
          model: 'm',
          credential: 'claude#main',
          lane: 'translate',
          startedMs: 843,
          durationMs: 400,
          upstreamStatus: 200,
        },
      ],
      losses: [{ weight: 'hint', what: 'text.verbosity', why: '' }],
      bytesIn: 1,
      bytesOut: 1,
    };
    expect(told(storyOfRecord(record), 120)).toMatchInlineSnapshot(`
      "coder
      asked by alice-laptop
      from codex · at 2027-01-01T00:00:00.000Z · ex_1

      ✗  1  openai/m  openai#1     express · after 2 ms, took 840 ms · status 503 · The provider is overloaded.
      ✓  2  claude/m  claude#main  translate · after 843 ms, took 400 ms · status 200 · loses text.verbosity

      → claude/m answered: done after 2.3 s
      "
    `);
  });
});
