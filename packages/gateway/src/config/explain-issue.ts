import { configJsonSchema } from '@turnpike/contract/config';
import type { z } from 'zod';
import { isJsonObject } from '../core/json.ts';
import { hintForName, nearestName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What the validator found, in words for the person who wrote the document. `raw` is that document as read, `schema` its JSON Schema. */
export function explainIssues(issues: readonly Issue[], raw: unknown, schema: unknown = configJsonSchema()): Finding[] {
  return issues.flatMap((issue) => explainIssue(issue, raw, schema));
}

function explainIssue(issue: Issue, raw: unknown, schema: unknown): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const written = valueAt(raw, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((name) => ({
        path: [...path, name],
        at: 'name',
        message: 'is not a known field',
        ...hint(hintForName(name, fieldsOf(schemaAt(schema, path)))),
      }));
    case 'invalid_key':
      return [{ path, at: 'name', message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_value':
      if (written === undefined) return [missing(path, schema)];
      return [{ path, message: `must be ${listOf(issue.values)}`, ...hint(nearValue(written, issue.values)) }];
    case 'invalid_type':
      if (written === undefined) return [missing(path, schema)];
      if (written === null) return [empty(path, issue.expected)];
      return [
        {
          path,
          message: `must be ${nameOfType(issue.expected)}, not ${nameOfValue(written)}`,
          ...hint(hintForType(issue.expected, written)),
        },
      ];
    case 'invalid_union':
      if (written === undefined) return [missing(path, schema)];
      return meant(issue)?.flatMap((inner) => explainIssue(inner, raw, schema)) ?? [{ path, message: issue.message }];
    case 'too_small':
      return [
        {
          path,
          message:
            issue.origin === 'string' || issue.origin === 'array' ? issue.message : `must be at least ${issue.minimum}`,
        },
      ];
    case 'too_big':
      return [{ path, message: `must ${mostOf(issue.origin, Number(issue.maximum))}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** Where what was written has the shape of one of several, but something inside it is wrong: what is said of that one. */
function meant({ errors, path }: Extract<Issue, { code: 'invalid_union' }>): Issue[] | undefined {
  const found = errors.find((each) => each.length > 0 && each.every((inner) => inner.path.length > 0));
  return found?.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
}

function mostOf(origin: string, maximum: number): string {
  if (origin === 'string') return `have at most ${maximum} characters`;
  return origin === 'array' ? `have at most ${maximum} entries` : `be at most ${maximum}`;
}

function hint(text: string | undefined): { hint?: string } {
  return text === undefined ? {} : { hint: text };
}

function missing(path: Path, schema: unknown): Finding {
  const place = schemaAt(schema, path);
  const description = isJsonObject(place) ? place['description'] : undefined;
  return {
    path,
    message: 'is missing',
    ...hint(typeof description === 'string' ? description.replace(/\.$/, '') : undefined),
  };
}

/** YAML's `name:` with nothing behind it. */
function empty(path: Path, expected: string): Finding {
  const isGroup = expected === 'object' || expected === 'record';
  return {
    path,
    message: 'has no value',
    hint: isGroup ? 'write {} to leave all to the defaults' : 'give it one, or remove the line',
  };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of names',
};

function nameOfType(expected: string): string {
  return typeNames[expected] ?? expected;
}

function nameOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with a fraction';
  if (typeof value === 'boolean') return String(value);
  return 'a group of fields';
}

function hintForType(expected: string, written: unknown): string | undefined {
  const isNumeric = typeof written === 'string' && /^-?\d+(\.\d+)?$/.test(written);
  if (expected === 'string' && typeof written !== 'object') return 'put it in quotes';
  if ((expected === 'int' || expected === 'number') && isNumeric) return 'remove the quotes';
  if (expected === 'boolean' && typeof written === 'string') return 'YAML knows only true and false';
  if (expected === 'array') return Array.isArray(written) ? undefined : 'put it in [ ], or begin its line with "- "';
  return undefined;
}

function listOf(values: readonly unknown[]): string {
  const words = values.map(String);
  const last = words.pop() ?? 'nothing';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

function nearValue(written: unknown, values: readonly unknown[]): string | undefined {
  const near = typeof written === 'string' ? nearestName(written, values.map(String)) : undefined;
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isJsonObject(value) ? value[step] : undefined;
  }
  return value;
}

/** The part of the JSON Schema that describes a place. */
function schemaAt(schema: unknown, path: Path): unknown {
  let place = schema;
  for (const step of path) {
    if (!isJsonObject(place)) return undefined;
    const fields = place['properties'];
    const named = isJsonObject(fields) ? fields[step] : undefined;
    place = named ?? (typeof step === 'number' ? place['items'] : place['additionalProperties']);
  }
  return place;
}

function fieldsOf(schema: unknown): string[] {
  const fields = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(fields) ? Object.keys(fields) : [];
}
