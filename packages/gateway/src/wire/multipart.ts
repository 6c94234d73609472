import { Failure } from '../core/failure.ts';

/** A field of a form and where its value stands in the body, as byte offsets. */
export interface FormField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The value is a file's. */
  readonly isFile: boolean;
}

/** A form as it was sent. */
export interface Form {
  readonly body: Buffer;
  readonly fields: readonly FormField[];
}

/** Whether a Content-Type says that the body is a form with parts. */
export function isMultipart(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType);
}

/**
 * Finds the fields of a `multipart/form-data` body without copying it.
 * As with JSON, whatever two parsers could read differently is refused: what we read here decides who may do what.
 * Throws `request-malformed`, and `request-ambiguous` for names that are written in more than the one plain way.
 */
export function readForm(body: Buffer, contentType: string): Form {
  const mark = Buffer.from(`--${boundaryOf(contentType)}`, 'latin1');
  const border = Buffer.concat([newLine, mark]);
  const fields: FormField[] = [];
  let at = mark.length;
  if (body.indexOf(mark) !== 0) throw malformed('it does not begin with its boundary');
  while (!body.subarray(at, at + 2).equals(dashes)) {
    if (!body.subarray(at, at + 2).equals(newLine)) throw malformed(`expected a line break at byte ${at}`);
    const headEnd = body.indexOf(blankLine, at);
    if (headEnd < 0) throw malformed('a part has no end of its head');
    const start = headEnd + blankLine.length;
    const end = body.indexOf(border, start);
    if (end < 0) throw malformed('its last boundary is missing');
    fields.push({ ...readHead(body.toString('utf8', at + 2, headEnd)), start, end });
    if (fields.length > maxFields) throw malformed(`more than ${maxFields} fields`);
    at = end + border.length;
  }
  return { body, fields };
}

/** The text of a field, or undefined where there is none of this name. Throws `request-ambiguous` where it comes twice or as a file. */
export function formText({ body, fields }: Form, name: string): string | undefined {
  const [field, ...others] = fields.filter((each) => each.name.toLowerCase() === name);
  if (!field) return undefined;
  if (others.length > 0 || field.isFile || field.name !== name) {
    throw new Failure('request-ambiguous', `The form's field "${name}" must be there once, as plain text.`);
  }
  return body.toString('utf8', field.start, field.end);
}

/** The form's bytes with another text in one field. */
export function replaceFormText({ body, fields }: Form, name: string, text: string): readonly Buffer[] {
  const field = fields.find((each) => each.name === name);
  if (!field) return [body];
  return [body.subarray(0, field.start), Buffer.from(text, 'utf8'), body.subarray(field.end)];
}

const maxFields = 1000;
const newLine = Buffer.from('\r\n');
const blankLine = Buffer.from('\r\n\r\n');
const dashes = Buffer.from('--');

function boundaryOf(contentType: string): string {
  const found = [...contentType.matchAll(/;\s*boundary=(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))(?=\s*(?:;|$))/gi)];
  const [match, ...others] = found;
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined || others.length > 0) throw malformed('its Content-Type has no single boundary');
  return boundary;
}

/** A name in quotes, once, and not in the extended form, which some readers prefer and others overlook. */
function readHead(head: string): { readonly name: string; readonly isFile: boolean } {
  const lines = head.split('\r\n').filter((line) => /^content-disposition\s*:/i.test(line));
  const [disposition, ...others] = lines;
  const names = [...(disposition ?? '').matchAll(/;\s*name="([^"\\]*)"/gi)];
  const name = names[0]?.[1];
  const odd = /\n[ \t]|;\s*name\*/i.test(head) || /;\s*name\s*=\s*[^"\s]/i.test(disposition ?? '');
  if (name === undefined || names.length > 1 || others.length > 0 || odd) {
    throw new Failure('request-ambiguous', 'The form has a part whose name is not written as name="…", once.');
  }
  return { name, isFile: /;\s*filename\*?\s*=/i.test(disposition ?? '') };
}

function malformed(what: string): Failure {
  return new Failure('request-malformed', `The request body is not a valid form: ${what}.`);
}
