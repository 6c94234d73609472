import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { HealthNews, Subject } from './health.ts';

/**
 * Tells in the log when a key, a model or a provider begins to rest, and when it answers again: callers see nothing of it as long as somebody else
 * answers, and whoever runs the gateway should not have to ask.
 */
export function createHealthLog(log: Log, clock: Clock): (news: HealthNews) => void {
  return ({ subject, rest }) => {
    if (!rest) return log.info(`${nameOf(subject)} answers again`);
    // Limits of rate come and go by themselves; for anything else somebody may have to act.
    const write = rest.why === 'rate-limited' ? log.info : log.warn;
    write(`${nameOf(subject)} rests`, {
      why: rest.why.replaceAll('-', ' '),
      seconds: Math.ceil((rest.untilMs - clock.now()) / 1000),
    });
  };
}

function nameOf({ scope, provider, model = '', credential = '' }: Subject): string {
  switch (scope) {
    case 'credential':
      return `the key ${credential}`;
    case 'deployment':
      return `the key ${credential} for ${provider}/${model}`;
    case 'place':
      return `${provider}/${model}`;
    default:
      return `the provider ${provider}`;
  }
}
