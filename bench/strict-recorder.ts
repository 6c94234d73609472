import type { ExchangePorts } from '../packages/gateway/src/pipeline/exchange.ts';

/** Keeps nothing, and ends the benchmark when an exchange did not go well: a failure would be measured as a quick one. */
export const strictRecorder: ExchangePorts['recorder'] = {
  record({ outcome, failure }) {
    if (outcome !== 'done') throw new Error(failure?.message ?? outcome);
  },
};
