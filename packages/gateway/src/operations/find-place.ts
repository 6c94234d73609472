import { confinedPath } from './confined-path.ts';
import type { ApiName, Operation, Place } from './operation.ts';
import { operations } from './table.ts';

interface Pattern {
  readonly regExp: RegExp;
  readonly operation: Operation;
}

const patterns: Readonly<Record<ApiName, readonly Pattern[]>> = {
  openai: operations.openai.map(patternOf),
  anthropic: operations.anthropic.map(patternOf),
  google: operations.google.map(patternOf),
  cohere: operations.cohere.map(patternOf),
};

/** What can be done at a path below an API's root, or undefined where nothing can. */
export function findPlace(api: ApiName, path: string): Place | undefined {
  if (confinedPath(path) === undefined) return undefined;
  const found = patterns[api].flatMap(({ regExp, operation }) => {
    const match = regExp.exec(path);
    return match ? [{ operation, model: match.groups?.['model'] }] : [];
  });
  const model = found.find((each) => each.model !== undefined)?.model;
  if (found.length === 0) return undefined;
  return {
    api,
    path,
    operations: found.map(({ operation }) => operation),
    ...(model === undefined ? {} : { model: decodeURIComponent(model) }),
  };
}

/** A model's name may hold slashes; every other part is one segment. */
function patternOf(operation: Operation): Pattern {
  const source = operation.path
    .replace(/\{(\w+)\}/g, (_, word: string) => (word === 'model' ? '(?<model>.+)' : '[^/]+'))
    .replaceAll('/', '\\/');
  return { regExp: new RegExp(`^${source}$`), operation };
}
