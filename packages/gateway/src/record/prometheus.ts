import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Recorder } from '../pipeline/exchange.ts';

/** Metrics of finished exchanges, for a scrape. */
export interface Metrics extends Recorder {
  /** Prometheus text format. */
  expose(): Promise<{ contentType: string; body: string }>;
}

/** Seconds; agents' answers take from milliseconds to many minutes. */
const durationBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600];

/**
 * Labels hold only configured names and closed words, never what a caller made up:
 * a model name that was not served is left out, so that nobody can grow the label set.
 */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const exchanges = new Counter({
    name: 'turnpike_exchanges_total',
    help: 'Finished exchanges.',
    labelNames: ['dialect', 'provider', 'model', 'lane', 'outcome', 'failure'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'turnpike_tokens_total',
    help: 'Tokens by kind; input includes cached, output includes reasoning.',
    labelNames: ['provider', 'model', 'kind'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'turnpike_cost_dollars_total',
    help: 'Cost of finished exchanges with a known price.',
    labelNames: ['provider', 'model'] as const,
    registers,
  });
  const attempts = new Counter({
    name: 'turnpike_attempts_failed_total',
    help: 'Deployments that failed an exchange before its first semantic event.',
    labelNames: ['provider', 'failure'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'turnpike_exchange_duration_seconds',
    help: 'From request to last byte.',
    labelNames: ['provider', 'lane'] as const,
    buckets: durationBuckets,
    registers,
  });
  const firstToken = new Histogram({
    name: 'turnpike_first_token_seconds',
    help: 'From request to the first semantic event.',
    labelNames: ['provider', 'lane'] as const,
    buckets: durationBuckets,
    registers,
  });
  new Gauge({ name: 'turnpike_info', help: 'The running version.', labelNames: ['version'] as const, registers }).set(
    { version },
    1,
  );

  return {
    record(record) {
      const place = { provider: record.provider ?? '', model: record.model ?? '' };
      const way = { provider: place.provider, lane: record.lane ?? '' };
      exchanges.inc({
        dialect: record.dialect,
        ...place,
        lane: way.lane,
        outcome: record.outcome,
        failure: record.failure?.code ?? '',
      });
      duration.observe(way, record.durationMs / 1000);
      if (record.firstTokenMs !== undefined) firstToken.observe(way, record.firstTokenMs / 1000);
      for (const attempt of record.attempts) {
        if (attempt.failure) attempts.inc({ provider: attempt.provider, failure: attempt.failure.code });
      }
      if (record.usage) {
        tokens.inc({ ...place, kind: 'input' }, record.usage.inputTokens);
        tokens.inc({ ...place, kind: 'cached_input' }, record.usage.cachedInputTokens);
        tokens.inc({ ...place, kind: 'output' }, record.usage.outputTokens);
        tokens.inc({ ...place, kind: 'reasoning' }, record.usage.reasoningTokens);
      }
      if (record.costNanoDollars !== undefined) cost.inc(place, Number(record.costNanoDollars) / 1e9);
    },
    async expose() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
