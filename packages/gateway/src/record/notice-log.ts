import type { Log } from '../core/log.ts';
import type { Recorder } from '../pipeline/exchange.ts';

const dayMs = 86_400_000;

/** More names than this are deprecated nowhere. */
const maxTold = 1000;

/** Warns of each deprecated name that is asked for, once a day: whoever runs the gateway should know who still uses it. */
export function createNoticeLog(log: Log): Recorder {
  let day = 0;
  const told = new Set<string>();
  return {
    record({ route, startedAt, key, agent }) {
      const notice = route?.notice;
      if (notice === undefined) return;
      const today = Math.floor(startedAt / dayMs);
      if (today !== day || told.size >= maxTold) told.clear();
      day = today;
      if (told.has(notice)) return;
      told.add(notice);
      log.warn(notice, { key, agent });
    },
  };
}
