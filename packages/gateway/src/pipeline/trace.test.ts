import { expect, it } from 'vitest';
import { deploymentOf, virtualClock } from '../../test/kit/deployments.ts';
import { inboundOf } from '../../test/kit/inbound.ts';
import { Failure } from '../core/failure.ts';
import { noteAnswer, noteBroken, startTrace } from './trace.ts';

it('tells durations to the microsecond', () => {
  let monotonicMs = 0;
  const clock = { ...virtualClock(), monotonicMs: () => monotonicMs };
  const inbound = inboundOf();
  const trace = startTrace(inbound, clock, 'off');
  const deployment = deploymentOf({});
  // 1.1 + 2.2 is 3.3000000000000003.
  monotonicMs = 3.3;
  noteAnswer(trace, deployment, { lane: 'express', startedMs: 1.1, status: 200 });
  expect(trace.attempts[0]?.durationMs).toBe(2.2);
  monotonicMs = 4.4;
  noteBroken(trace, new Failure('upstream-error', 'Gone.'));
  expect(trace.attempts[0]?.durationMs).toBe(3.3);
});
