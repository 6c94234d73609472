import { expect, it } from 'vitest';
import { createLog } from './write-log.ts';
import { createNoticeLog } from './notice-log.ts';
import { finishRecord, startTrace } from '../pipeline/trace.ts';
import { virtualClock } from '../../test/kit/deployments.ts';
import { inboundOf } from '../../test/kit/inbound.ts';

const day = 86_400_000;

it('tells of a deprecated name once a day', () => {
  const lines: string[] = [];
  const clock = virtualClock();
  const write = (line: string) => void lines.push(line);
  const reader = createNoticeLog(createLog({ format: 'json', level: 'info', clock, write }));
  const ask = (name: string | undefined, atMs: number) => {
    const inbound = inboundOf({ receivedAt: atMs });
    const trace = startTrace(inbound, clock, 'off');
    if (name !== undefined) trace.route.notice = { name, text: `"${name}" is going`, hasGone: false };
    reader.record(finishRecord(inbound, trace, 0));
  };
  for (const name of ['a', 'a', 'b', undefined, 'a']) ask(name, 1);
  ask('a', day - 1);
  ask('a', day);
  expect(lines.map((line) => /\\"(\w)\\" is going/.exec(line)?.[1])).toEqual(['a', 'b', 'a']);
});
