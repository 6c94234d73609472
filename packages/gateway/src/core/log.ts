/** Facts of a log line beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The program's log. Messages are sentences; facts are fields. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
