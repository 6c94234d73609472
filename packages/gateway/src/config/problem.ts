/** Where in a document: field names and list positions from the top. */
export type Path = readonly (string | number)[];

/** Something to say about a place in the configuration, before anybody knows its line. */
export interface Finding {
  readonly path: Path;
  /** Continues the sentence that the path begins: "must be a number". */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Absent: an error. */
  readonly severity?: 'warning';
  /** The fault is in the field's name, so its position is meant, not that of its value. */
  readonly at?: 'name';
  /** The fault is somewhere inside the value, which is this text. */
  readonly inside?: Inside;
}

/** A place in a text that is the value of a field. */
export interface Inside {
  readonly text: string;
  readonly offset: number;
}

/** A finding with its position, ready to print. Never holds the value of a secret. */
export interface Problem {
  /** Absent when the configuration did not come from a file. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** As people write it, e.g. `providers.openai.keys[0].value`. Empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** The line of the value in which the fault is, and where in it. */
  readonly excerpt?: { readonly line: string; readonly offset: number };
  readonly severity: 'error' | 'warning';
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a finding's place stands in the text. */
export type Locate = (finding: Pick<Finding, 'path' | 'at' | 'inside'>) => Position | undefined;

/** Gives findings their positions, in the order of the text. */
export function locateFindings(findings: readonly Finding[], file: string | undefined, locate: Locate): Problem[] {
  const problems = findings.map((finding): Problem => {
    const { path, message, hint, inside, severity } = finding;
    return {
      ...(file === undefined ? {} : { file }),
      ...locate(finding),
      path: formatPath(path),
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(inside ? { excerpt: excerptOf(inside) } : {}),
      severity: severity ?? 'error',
    };
  });
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** A finding in words, where no line of a document can be told: with the line of the value in which the fault is. */
export function wordsOf({ message, hint, inside }: Omit<Finding, 'path'>): string {
  const text = hint === undefined ? message : `${message} (${hint})`;
  if (!inside) return text;
  const { line, column } = positionInside(inside);
  return `${text}, at ${line}:${column}${shown({ excerpt: excerptOf(inside) })}`;
}

/** The position in a text that is a value. */
export function positionInside({ text, offset }: Inside): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function excerptOf({ text, offset }: Inside): NonNullable<Problem['excerpt']> {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const [line = ''] = text.slice(start).split('\n', 1);
  return { line, offset: offset - start };
}

/** One line: `turnpike.yaml:12:5  server.port: must be a whole number, not text (remove the quotes)`, and below it the excerpt, if there is one. */
export function formatProblem(problem: Problem): string {
  const position = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  const where = problem.file === undefined ? '' : `${problem.file}${position}  `;
  const warning = problem.severity === 'warning' ? 'warning: ' : '';
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : ` (${problem.hint})`;
  return `${where}${warning}${path}${problem.message}${hint}${shown(problem)}`;
}

/** The faulty line with a caret under the fault. */
function shown({ excerpt }: Pick<Problem, 'excerpt'>): string {
  return excerpt === undefined ? '' : `\n    ${excerpt.line}\n    ${' '.repeat(excerpt.offset)}^`;
}

/** `models["gpt-5.5"].targets[0]`: a name with a dot or a slash in it is quoted, so that it reads as one. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z0-9_$-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
