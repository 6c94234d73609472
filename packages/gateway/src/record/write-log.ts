import type { Clock } from '../core/clock.ts';
import type { Log, LogFields } from '../core/log.ts';

export interface LogSettings {
  /** `pretty` for people, `json` for machines: one object per line. */
  readonly format: 'pretty' | 'json';
  readonly clock: Clock;
  write(line: string): void;
}

type Level = 'info' | 'warn' | 'error';

export function createLog({ format, clock, write }: LogSettings): Log {
  const line = format === 'json' ? jsonLine : prettyLine;
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}) =>
      write(line(new Date(clock.now()).toISOString(), level, message, fields));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** Lines wait this long for company: one write for many. Warnings and errors go out at once, with all before them. */
const gatherMs = 20;
const gatherLength = 64 * 1024;

function createLineBuffer(write: (text: string) => void): { add(line: string, urgent: boolean): void } {
  let text = '';
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const ready = text;
    text = '';
    write(ready);
  }

  return {
    add(line, urgent) {
      text += line;
      if (urgent || text.length > gatherLength) flush();
      else timer ??= setTimeout(flush, gatherMs);
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
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ');
}
