import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './prometheus.ts';

const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 60, reasoningTokens: 5 };

const served = {
  id: 'ex_1',
  startedAt: 0,
  durationMs: 1500,
  firstTokenMs: 300,
  outcome: 'done',
  status: 200,
  agent: 'codex',
  dialect: 'responses',
  wire: 'http',
  stream: true,
  key: 'ann',
  modelAsked: 'made-up-by-the-caller',
  provider: 'openai',
  model: 'gpt-4.1',
  credential: 'openai#1',
  lane: 'express',
  attempts: [],
  losses: [],
  usage: { ...usage, cacheWriteTokens: 0, cacheWriteLongTokens: 0 },
  costNanoDollars: '250000000',
  bytesIn: 1,
  bytesOut: 2,
} satisfies ExchangeRecord;

async function metricsOf(...records: readonly ExchangeRecord[]): Promise<string> {
  const metrics = createMetrics('1.2.3');
  for (const record of records) metrics.record(record);
  await metrics.expose();
  // A second look must not count anything twice.
  return (await metrics.expose()).body;
}

describe('metrics', () => {
  it('add up exchanges, tokens and cost', async () => {
    const text = await metricsOf(served, served);
    expect(text).toMatch(/turnpike_exchanges_total\{[^}]*provider="openai"[^}]*outcome="done"[^}]*\} 2\n/);
    expect(text).toMatch(/turnpike_tokens_total\{[^}]*kind="input"[^}]*\} 200\n/);
    expect(text).toMatch(/turnpike_tokens_total\{[^}]*kind="cached_input"[^}]*\} 120\n/);
    expect(text).toMatch(/turnpike_tokens_total\{[^}]*kind="output"[^}]*\} 40\n/);
    expect(text).toMatch(/turnpike_cost_dollars_total\{[^}]*\} 0\.5\n/);
    expect(text).toMatch(/turnpike_exchange_duration_seconds_sum\{[^}]*\} 3\n/);
    expect(text).toMatch(/turnpike_first_token_seconds_sum\{[^}]*\} 0\.6\n/);
    expect(text).toContain('turnpike_info{version="1.2.3"} 1');
  });

  it('count requests for names that are going', async () => {
    const route = { candidates: 1, order: [], notice: '"old" is deprecated', deprecated: 'old' };
    expect(await metricsOf({ ...served, route }, served)).toContain('turnpike_deprecated_names_total{name="old"} 1');
  });

  it('tell the state of deployments that are configured, and none of the models that callers make up', async () => {
    const key = { provider: 'openai', credential: 'openai#1' };
    const deployments = () => [
      { ...key, model: 'gpt-4.1', names: ['coder'], state: 'resting', inFlight: 2 },
      { ...key, model: 'made-up', names: [], state: 'resting' },
      { provider: 'groq', credential: 'groq#1', names: [], state: 'ready' },
    ];
    const checks = () => [{ provider: 'groq', result: 'failed', count: 3 }];
    const metrics = createMetrics('1.2.3', { unwell: () => [], deployments, checks });
    await metrics.expose();
    const { body } = await metrics.expose();
    expect(body.split('\n').filter((line) => /^turnpike_(deployment|health_checks)_/.test(line))).toEqual([
      'turnpike_deployment_state{provider="openai",model="gpt-4.1",credential="openai#1",state="resting"} 1',
      'turnpike_deployment_state{provider="groq",model="",credential="groq#1",state="ready"} 1',
      'turnpike_deployment_in_flight{provider="openai",model="gpt-4.1",credential="openai#1"} 2',
      'turnpike_deployment_in_flight{provider="groq",model="",credential="groq#1"} 0',
      'turnpike_health_checks_total{provider="groq",result="failed"} 3',
    ]);
  });

  it('count what rests, whatever its models are called', async () => {
    const resting = { scope: 'deployment', provider: 'openai', state: 'resting', why: 'rate-limited' };
    const unwell = () => [resting, resting, { scope: 'place', provider: 'groq', state: 'ready' }];
    const metrics = createMetrics('1.2.3', { unwell, deployments: () => [], checks: () => [] });
    await metrics.expose();
    const lines = (await metrics.expose()).body.split('\n').filter((line) => line.startsWith('turnpike_unwell'));
    expect(lines).toEqual([
      'turnpike_unwell{scope="deployment",provider="openai",state="resting",why="rate-limited"} 2',
    ]);
  });

  it('count failures and failed attempts by their codes', async () => {
    const failure = { code: 'upstream-timeout', message: 'late' } as const;
    const attempt = { provider: 'openai', model: 'm', credential: 'c', startedMs: 0, durationMs: 1, failure };
    const { provider: _p, model: _m, credential: _c, lane: _l, usage: _u, costNanoDollars: _n, ...bare } = served;
    const text = await metricsOf({ ...bare, outcome: 'failed', failure, attempts: [attempt, attempt] });
    expect(text).toMatch(/turnpike_exchanges_total\{[^}]*failure="upstream-timeout"[^}]*\} 1\n/);
    expect(text).toMatch(
      /turnpike_attempts_failed_total\{[^}]*provider="openai"[^}]*failure="upstream-timeout"[^}]*\} 2\n/,
    );
  });

  it('count hedges by what became of them', async () => {
    const attempt = { provider: 'openai', model: 'm', credential: 'c', startedMs: 0, durationMs: 1 };
    const attempts = [
      { ...attempt, outpaced: true },
      { ...attempt, hedge: true },
    ] as const;
    const lost = [attempt, { ...attempt, provider: 'groq', hedge: true, outpaced: true }] as const;
    const text = await metricsOf({ ...served, attempts }, { ...served, attempts: lost });
    const lines = text.split('\n').filter((line) => line.startsWith('turnpike_hedges'));
    expect(lines).toEqual([
      'turnpike_hedges_total{provider="openai",outcome="won"} 1',
      'turnpike_hedges_total{provider="groq",outcome="lost"} 1',
    ]);
  });

  it('count what rules did, would have done, and could not decide', async () => {
    const rules = [
      { name: 'a', did: ['x'] },
      { name: 'b', shadow: true, did: [] },
      { name: 'c', did: [], error: 'no' },
    ] as const;
    const body = await metricsOf({ ...served, route: { candidates: 1, order: [], rules } });
    expect(body.split('\n').filter((line) => line.startsWith('turnpike_rules_total'))).toEqual([
      'turnpike_rules_total{rule="a",outcome="applied"} 1',
      'turnpike_rules_total{rule="b",outcome="shadow"} 1',
      'turnpike_rules_total{rule="c",outcome="error"} 1',
    ]);
  });

  it('take no label from what a caller makes up', async () => {
    expect(await metricsOf(served)).not.toContain('made-up-by-the-caller');
  });
});
