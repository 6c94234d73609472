import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../core/json.ts';
import { CommandError } from './io.ts';

/** A field that can be set by an option of its own. */
interface Field {
  readonly path: readonly string[];
  readonly type: 'text' | 'number' | 'flag' | 'list' | 'numbers';
  readonly description: string;
}

/** Adds an option for each field of a kind: `--team core --models 'gpt-*,o4'`. What is deeper is set with `--set`. */
export function addFieldOptions(command: Command, kind: ResourceKind): Command {
  for (const { path, type, description } of fieldsOf(kind)) {
    const name = optionName(path);
    const text = `${description.replace(/\.$/, '')}${isMany(type) ? ' (separated by commas)' : ''}`;
    command.addOption(
      new Option(type === 'flag' ? `--${name} [yes or no]` : `--${name} <${isMany(type) ? 'list' : type}>`, text),
    );
  }
  return command.option('--set <field=value>', 'any field, with dots for depth and JSON for values', collect);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The body that the options of a command line ask for. Throws a `CommandError`. */
export function bodyOf(kind: ResourceKind, options: Readonly<Record<string, unknown>>): JsonObject {
  const given = fieldsOf(kind).flatMap((field): [readonly string[], Json][] => {
    const value = options[camel(optionName(field.path))];
    return value === undefined ? [] : [[field.path, parsed(field, value)]];
  });
  const set = Array.isArray(options['set']) ? options['set'].map((text) => assignment(String(text))) : [];
  return [...given, ...set].reduce<JsonObject>((body, [path, value]) => placed(body, path, value), {});
}

function fieldsOf(kind: ResourceKind): readonly Field[] {
  const schema = z.toJSONSchema(resourceKinds[kind], { io: 'input', unrepresentable: 'any' });
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => fieldsIn([name], value));
}

type JsonSchema = z.core.JSONSchema._JSONSchema;

function fieldsIn(path: readonly string[], schema: JsonSchema): readonly Field[] {
  if (typeof schema === 'boolean') return [];
  if (path[0] === 'scope' && path.length === 1)
    return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => fieldsIn([...path, name], value));
  const type = typeOf(schema);
  return type === undefined ? [] : [{ path, type, description: schema.description ?? '' }];
}

function typeOf({ type, items, anyOf }: z.core.JSONSchema.JSONSchema): Field['type'] | undefined {
  if (type === 'boolean') return 'flag';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'string') return 'text';
  if (type === 'array')
    return isJsonObject(items) && items['type'] === 'number' ? 'numbers' : isWords(items) ? 'list' : undefined;
  // Such as dollars, which keep their digits as text, and dates.
  return anyOf?.some((each) => typeof each === 'object' && each.type === 'string') ? 'text' : undefined;
}

function isWords(items: unknown): boolean {
  if (!isJsonObject(items)) return false;
  const choices = items['anyOf'];
  return items['type'] === 'string' || (Array.isArray(choices) && choices.every(isWords));
}

function isMany(type: Field['type']): boolean {
  return type === 'list' || type === 'numbers';
}

/** `models`, `time-zone`; of a scope, `scope.team` is just `team`. */
function optionName(path: readonly string[]): string {
  return (path.at(-1) ?? '').replaceAll('_', '-');
}

function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function parsed({ path, type }: Field, value: unknown): Json {
  const text = typeof value === 'string' ? value : '';
  if (type === 'text') return text;
  if (type === 'list') return parts(text);
  if (type === 'numbers') return parts(text).map((part) => numberIn(part, path));
  if (type === 'number') return numberIn(text, path);
  if (value === true || text === 'yes' || text === 'true') return true;
  if (text === 'no' || text === 'false') return false;
  throw new CommandError(`--${optionName(path)} wants yes or no, not "${text}".`);
}

function parts(text: string): string[] {
  return text === '' ? [] : text.split(',').map((each) => each.trim());
}

function numberIn(text: string, path: readonly string[]): number {
  if (text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
  throw new CommandError(`--${optionName(path)} wants a number, not "${text}".`);
}

function assignment(text: string): [readonly string[], Json] {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`--set wants field=value, not "${text}".`);
  const value = text.slice(at + 1);
  return [text.slice(0, at).split('.'), parseJson(value) ?? value];
}

function placed(body: JsonObject, [step = '', ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...body, [step]: value };
  const inner = body[step];
  return { ...body, [step]: placed(isJsonObject(inner) ? inner : {}, rest, value) };
}
