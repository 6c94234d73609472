import type { Clock } from '../core/clock.ts';
import type { Log, LogFields } from '../core/log.ts';

/** Levels from the least important up. Nothing is written at `debug` yet. */
const levels = ['debug', 'info', 'warn', 'error'] as const;

type Level = (typeof levels)[number];

export interface LogSettings {
  /** `pretty` for people, `json` for machines: one object per line. */
  readonly format: 'pretty' | 'json';
  /** The least important lines to write. */
  readonly level: Level;
  readonly clock: Clock;
  /** Takes whole lines, one or many. */
  readonly write: (text: string) => void;
}

export function createLog({ format, level: least, clock, write }: LogSettings): Log {
  const lineOf = format === 'json' ? jsonLine : prettyLine;
  const lines = createLineBuffer(write);
  const at = (level: Level) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => {};
    return (message: string, fields: LogFields = {}) =>
      lines.add(lineOf(new Date(clock.now()).toISOString(), level, message, fields), level !== 'info');
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** Lines that follow another within this time wait for company: one write for many. */
const gatherMs = 20;
const gatherLength = 64 * 1024;

/** A line goes out at once unless one has just gone; warnings and errors always do, with all that wait before them. */
function createLineBuffer(write: (text: string) => void): { add(line: string, urgent: boolean): void } {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    const ready = waiting;
    waiting = '';
    if (ready !== '') write(ready);
  }

  function endWindow(): void {
    timer = undefined;
    flush();
  }

  return {
    add(line, urgent) {
      waiting += line;
      if (urgent || timer === undefined || waiting.length > gatherLength) flush();
      timer ??= setTimeout(endWindow, gatherMs);
    },
  };
}

function jsonLine(time: string, level: Level, message: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, message, ...fields })}\n`;
}

/** Control characters cannot get into a terminal through a log line. */
function prettyLine(time: string, level: Level, message: string, fields: LogFields): string {
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}=${quoted(String(value))}`)
    .join('');
  const mark = level === 'info' ? '' : `${level} `;
  return `${time.slice(11, 19)} ${mark}${printable(message)}${printable(facts)}\n`;
}

function quoted(text: string): string {
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, ' ');
}
