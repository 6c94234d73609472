import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { painter } from './io.ts';
import { shown } from './kinds.ts';

type Paint = ReturnType<typeof painter>;

/** Changes as people read them: `+` made, `~` changed with its fields, `-` deleted. */
export function describeChanges(changes: readonly JsonObject[], unchanged: number, paint: Paint): string {
  const lines = changes.flatMap((change) => linesOf(change, paint));
  return [...lines, summary(changes, unchanged), ''].join('\n');
}

function linesOf({ did, kind, id, before, after, value, warnings }: JsonObject, paint: Paint): readonly string[] {
  const name = `${shown(kind)}/${shown(id)}`;
  const [was, is] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
  const notes = Array.isArray(warnings)
    ? warnings.map((each) => `    ${paint('yellow', 'warning:')} ${shown(each)}`)
    : [];
  if (did === 'delete') return [paint('red', `- ${name}`)];
  if (did === 'create') {
    const made = typeof value === 'string' ? [`    value: ${paint('bold', value)}   (shown this once)`] : [];
    return [paint('green', `+ ${name}`), ...made, ...notes];
  }
  const rotated =
    did === 'rotate' ? [`    value: ${typeof value === 'string' ? paint('bold', value) : 'another one'}`] : [];
  return [paint('yellow', `~ ${name}`), ...fieldLines(was, is, paint), ...rotated, ...notes];
}

function fieldLines(was: JsonObject, is: JsonObject, paint: Paint): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names
    .filter((name) => !isDeepStrictEqual(was[name], is[name]))
    .map((name) => `    ${name}: ${paint('red', json(was[name]))} → ${paint('green', json(is[name]))}`);
}

function json(value: JsonObject[string]): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

function summary(changes: readonly JsonObject[], unchanged: number): string {
  if (changes.length === 0) return `No difference: ${counted(unchanged, 'resource')} as in the document.`;
  const count = (...words: string[]) => changes.filter(({ did }) => words.includes(shown(did))).length;
  const [made, changed, gone] = [count('create'), count('update', 'rotate'), count('delete')];
  return `${made} to create, ${changed} to change, ${gone} to delete; ${unchanged} unchanged.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
