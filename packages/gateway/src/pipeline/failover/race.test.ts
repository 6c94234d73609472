import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deploymentOf } from '../../../test/kit/deployments.ts';
import { inboundOf } from '../../../test/kit/inbound.ts';
import { Failure } from '../../core/failure.ts';
import { type Failed, runRace } from './race.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const inbound = inboundOf();

it('belongs to whoever has won, also where the other one fails by itself at the same moment', async () => {
  const [slow, quick] = [deploymentOf({ provider: 'slow' }), deploymentOf({ provider: 'quick' })];
  const failures: Failed[] = [];
  let failSlow = (_failure: Failure): void => undefined;
  const running = runRace(slow, {
    inbound,
    patience: { streamMs: 10_000, wholeMs: 10_000, hedgeAfterMs: 100 },
    another: () => quick,
    onFailed: (failed) => void failures.push(failed),
    open(deployment, course) {
      course.sent({ streams: true, hasHead: () => false, hasBegun: () => false });
      if (deployment === slow) return new Promise((_resolve, reject) => (failSlow = reject));
      failSlow(new Failure('client-gone', 'The client left.'));
      course.win();
      return Promise.resolve('an answer');
    },
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(await running).toEqual({ opened: 'an answer', deployment: quick });
  expect(failures).toEqual([]);
});
