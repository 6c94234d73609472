import { expect, it } from 'vitest';
import { deploymentOf, virtualClock } from '../../test/kit/deployments.ts';
import { Failure } from '../core/failure.ts';
import { createHealth } from './health.ts';
import { createHealthLog } from './health-log.ts';

const deployment = deploymentOf({ provider: 'openai', model: 'gpt-5.5', key: 'second' });

function house() {
  const clock = virtualClock();
  const lines: unknown[] = [];
  const at = (level: string) => (message: string, fields?: object) => void lines.push({ level, message, ...fields });
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  const onNews = createHealthLog(log, clock);
  const health = createHealth({ clock, random: () => 0.5, isCurrent: () => true, onNews });
  return {
    clock,
    fail: (code: ConstructorParameters<typeof Failure>[0], retryAfterMs?: number) =>
      health.begin(deployment)(new Failure(code, 'No.', retryAfterMs === undefined ? {} : { retryAfterMs }), 400),
    succeed: () => health.begin(deployment)(undefined, 200),
    told: () => lines.splice(0),
  };
}

it('tells of a key that is refused, and once that it answers again', () => {
  const { clock, fail, succeed, told } = house();
  fail('upstream-credential-refused');
  expect(told()).toMatchObject([
    { level: 'warn', message: 'the key openai#second rests', why: 'credential refused', seconds: 60 },
  ]);
  clock.pass(61_000);
  succeed();
  succeed();
  expect(told()).toMatchObject([{ level: 'info', message: 'the key openai#second answers again' }]);
});

it('tells of a model only when it begins to rest, and of a limit that comes and goes more quietly', () => {
  const { fail, told } = house();
  for (let times = 0; times < 4; times += 1) fail('upstream-error');
  expect(told()).toEqual([]);
  fail('upstream-error');
  expect(told()).toMatchObject([{ level: 'warn', message: 'openai/gpt-5.5 rests', why: 'failing' }]);
  fail('upstream-rate-limited', 7_000);
  fail('upstream-rate-limited', 9_000);
  expect(told()).toMatchObject([
    { level: 'info', message: 'the key openai#second for openai/gpt-5.5 rests', why: 'rate limited', seconds: 7 },
  ]);
});
