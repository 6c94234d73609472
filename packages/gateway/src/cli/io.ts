/** What a command has of its process. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal; absent where the output goes elsewhere. */
  readonly columns?: number;
  setExitCode(code: number): void;
}

/** What went wrong, in words for whoever typed the command. It ends the command with exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

const codes: Readonly<Record<Style, string>> = { red: '31', green: '32', yellow: '33', dim: '2', bold: '1' };

/** Colours, in a terminal that wants them. */
export function painter({ columns, env }: CommandIo): (style: Style, text: string) => string {
  if (columns === undefined || env['NO_COLOR']) return (_, text) => text;
  return (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;
}
