import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { RuleNote } from '@turnpike/contract/route-record';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Recorder } from '../pipeline/exchange.ts';
import { addHealthMetrics, type HealthView } from './health-metrics.ts';

/** Metrics of finished exchanges, for a scrape. */
export interface Metrics extends Recorder {
  /** Prometheus text format. */
  expose(): Promise<{ contentType: string; body: string }>;
}

/** Seconds; agents' answers take from milliseconds to many minutes. */
const durationBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600];

/** Everything counted since the start for one set of labels. */
interface Sums {
  readonly labels: {
    readonly dialect: string;
    readonly provider: string;
    readonly model: string;
    readonly lane: string;
    readonly outcome: string;
    readonly failure: string;
  };
  exchanges: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  nanoDollars: number;
}

/**
 * Labels hold only configured names and closed words, never what a caller made up:
 * a model name that was not served is left out, so that nobody can grow the label set.
 * Counts are summed per exchange and handed to the registry when it is scraped.
 */
export function createMetrics(version: string, health?: HealthView): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const sums = new Map<string, Sums>();
  const all = () => [...sums.values()];

  summed(
    'turnpike_exchanges_total',
    'Finished exchanges.',
    ['dialect', 'provider', 'model', 'lane', 'outcome', 'failure'],
    (add) => {
      for (const { labels, exchanges } of all()) add(labels, exchanges);
    },
  );
  summed(
    'turnpike_tokens_total',
    'Tokens by kind; input includes cached, output includes reasoning.',
    ['provider', 'model', 'kind'],
    (add) => {
      for (const sum of all()) {
        const { provider, model } = sum.labels;
        add({ provider, model, kind: 'input' }, sum.inputTokens);
        add({ provider, model, kind: 'cached_input' }, sum.cachedInputTokens);
        add({ provider, model, kind: 'output' }, sum.outputTokens);
        add({ provider, model, kind: 'reasoning' }, sum.reasoningTokens);
      }
    },
  );
  summed(
    'turnpike_cost_dollars_total',
    'Cost of finished exchanges with a known price.',
    ['provider', 'model'],
    (add) => {
      for (const { labels, nanoDollars } of all())
        add({ provider: labels.provider, model: labels.model }, nanoDollars / 1e9);
    },
  );
  const attempts = counter(
    'turnpike_attempts_failed_total',
    'Deployments that failed an exchange before its first semantic event.',
    ['provider', 'failure'],
  );
  const hedges = counter(
    'turnpike_hedges_total',
    'Attempts beside one that was slow to begin, by whether they answered in its place.',
    ['provider', 'outcome'],
  );
  const rules = counter(
    'turnpike_rules_total',
    'Requests for which a rule held, or whose condition could not be decided.',
    ['rule', 'outcome'],
  );
  const deprecated = counter('turnpike_deprecated_names_total', 'Requests for names of models that are deprecated.', [
    'name',
  ]);
  const duration = histogram('turnpike_exchange_duration_seconds', 'From request to last byte.');
  const firstToken = histogram('turnpike_first_token_seconds', 'From request to the first semantic event.');
  new Gauge({ name: 'turnpike_info', help: 'The running version.', labelNames: ['version'], registers }).set(
    { version },
    1,
  );
  if (health) addHealthMetrics(registry, health);

  /** `const`, so that the compiler knows the labels. */
  function counter<const Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
    return new Counter({ name, help, labelNames: [...labelNames], registers });
  }

  /** A counter that is counted anew whenever it is scraped. */
  function summed<const Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    fill: (add: (labels: Readonly<Record<Label, string>>, value: number) => void) => void,
  ): void {
    const sum = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        sum.reset();
        fill((labels, value) => sum.inc({ ...labels }, value));
      },
    });
  }

  function histogram(name: string, help: string) {
    return new Histogram({
      name,
      help,
      labelNames: ['provider', 'lane'] as const,
      buckets: durationBuckets,
      registers,
    });
  }

  return {
    record(record) {
      const sum = sumsFor(sums, record);
      sum.exchanges += 1;
      sum.inputTokens += record.usage?.inputTokens ?? 0;
      sum.cachedInputTokens += record.usage?.cachedInputTokens ?? 0;
      sum.outputTokens += record.usage?.outputTokens ?? 0;
      sum.reasoningTokens += record.usage?.reasoningTokens ?? 0;
      sum.nanoDollars += Number(record.costNanoDollars ?? 0);
      const way = { provider: sum.labels.provider, lane: sum.labels.lane };
      duration.observe(way, record.durationMs / 1000);
      if (record.firstTokenMs !== undefined) firstToken.observe(way, record.firstTokenMs / 1000);
      for (const { provider, failure, hedge, outpaced } of record.attempts) {
        if (failure) attempts.inc({ provider, failure: failure.code });
        if (hedge) hedges.inc({ provider, outcome: failure ? 'failed' : outpaced ? 'lost' : 'won' });
      }
      const name = record.route?.deprecated;
      if (name !== undefined) deprecated.inc({ name });
      for (const note of record.route?.rules ?? []) rules.inc({ rule: note.name, outcome: outcomeOf(note) });
    },
    async expose() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function outcomeOf({ error, shadow }: RuleNote): 'applied' | 'shadow' | 'error' {
  if (error !== undefined) return 'error';
  return shadow ? 'shadow' : 'applied';
}

/** Where a provider takes any model name, callers could invent them: beyond this many sets of labels the model is told as `other`. */
const maxLabelSets = 2_000;

function sumsFor(sums: Map<string, Sums>, record: ExchangeRecord): Sums {
  const { dialect, provider = '', lane = '', outcome } = record;
  const model = sums.size < maxLabelSets || !record.model ? (record.model ?? '') : 'other';
  const failure = record.failure?.code ?? '';
  const name = `${dialect} ${provider} ${model} ${lane} ${outcome} ${failure}`;
  let found = sums.get(name);
  if (!found) {
    const labels = { dialect, provider, model, lane, outcome, failure };
    found = {
      labels,
      exchanges: 0,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      nanoDollars: 0,
    };
    sums.set(name, found);
  }
  return found;
}
