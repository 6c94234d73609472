import { isJsonObject, type Json, type JsonObject } from '../../../src/core/json.ts';

/** The words of a text, for long lists of names. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The first field of an object that is not allowed there. */
export function strangeField(object: JsonObject, allowed: readonly string[]): string | undefined {
  return Object.keys(object).find((key) => object[key] !== undefined && !allowed.includes(key));
}

/** The first complaint of a row of checks, each made only when those before had none. */
export function firstOf<T>(...checks: readonly (() => T | undefined)[]): T | undefined {
  for (const check of checks) {
    const complaint = check();
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

/** The first complaint about any element. */
export function firstIn<E, T>(
  elements: readonly E[],
  check: (element: E, index: number) => T | undefined,
): T | undefined {
  for (const [index, element] of elements.entries()) {
    const complaint = check(element, index);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

/** The first value that occurs twice. */
export function repeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

/** Whether two sets of names are equal. */
export function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.toSorted().join('\n') === right.toSorted().join('\n');
}

/** How often a field of this name occurs anywhere. */
export function countField(value: Json | undefined, name: string): number {
  if (isJsonObject(value))
    return (
      countField(
        Object.values(value).filter((each) => each !== undefined),
        name,
      ) + (name in value ? 1 : 0)
    );
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const each of Object.values(value)) count += countField(each, name);
  return count;
}
