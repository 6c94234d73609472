import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { formatDollars } from '../core/money.ts';
import type { Log } from '../core/log.ts';
import type { Recorder } from '../pipeline/exchange.ts';

/** One line per exchange. What was said never appears, only how it went. */
export function createLogRecorder(log: Log): Recorder {
  const undecided = new Set<string>();

  /** Once for each: a rule with a fault in it would be told of with every request. */
  function tellUndecided({ route }: ExchangeRecord): void {
    for (const { name, error } of route?.rules ?? []) {
      if (error === undefined || undecided.has(name)) continue;
      undecided.add(name);
      log.warn('the condition of a rule could not be decided', { rule: name, why: error });
    }
  }

  return {
    record(record, cause) {
      tellUndecided(record);
      const { failure } = record;
      const write = failure && failure.code !== 'client-gone' ? log.warn : log.info;
      write(summary(record), {
        key: record.key,
        lane: record.lane,
        tokens: tokens(record),
        cost: record.costNanoDollars === undefined ? undefined : `$${formatDollars(BigInt(record.costNanoDollars))}`,
        losses: record.losses.map((loss) => loss.what).join(',') || undefined,
        failure: failure?.code,
        why: failure?.message,
        id: failure ? record.id : undefined,
      });
      if (failure?.code === 'defect') log.error('internal error', { id: record.id, stack: stackOf(cause) });
    },
  };
}

function summary(record: ExchangeRecord): string {
  const asked = record.modelAsked ?? '-';
  const served = record.provider ? ` -> ${record.provider}/${record.model}` : '';
  const tries = record.attempts.length > 1 ? ` (attempt ${record.attempts.length})` : '';
  return `${record.status} ${record.outcome} ${record.agent} ${asked}${served}${tries} ${Math.round(record.durationMs)}ms`;
}

function tokens(record: ExchangeRecord): string | undefined {
  const { usage } = record;
  if (!usage) return undefined;
  const cached = usage.cachedInputTokens > 0 ? ` (${usage.cachedInputTokens} cached)` : '';
  return `${usage.estimated ? '~' : ''}${usage.inputTokens}${cached} in, ${usage.outputTokens} out`;
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
