import type { Json, JsonObject } from '../../core/json.ts';
import { numberField, objectsField, stringField } from './types.ts';

/** Arguments that are still growing. Objects have no prototype: paths come from outside, and one may say `__proto__`. */
type Growing = null | boolean | number | string | Growing[] | GrowingObject;
interface GrowingObject {
  [key: string]: Growing;
}

/**
 * Gathers arguments that come in pieces: `{ jsonPath: "$.a[0].b", stringValue: "…", willContinue: true }`.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export interface ArgumentGatherer {
  /** Takes a `functionCall` that brings pieces. */
  add(functionCall: JsonObject): void;
  /** The arguments as JSON text. */
  text(): string;
}

export function createArgumentGatherer(): ArgumentGatherer {
  const root = emptyObject();
  let whole: Json | undefined;

  function add(functionCall: JsonObject): void {
    whole = functionCall['args'] ?? whole;
    for (const piece of objectsField(functionCall, 'partialArgs')) {
      const path = stepsOf(stringField(piece, 'jsonPath') ?? '');
      const value = valueOf(piece);
      if (path.length > 0 && value !== undefined) put(root, path, value);
    }
  }

  function text(): string {
    return JSON.stringify(Object.keys(root).length > 0 ? root : (whole ?? {}));
  }

  return { add, text };
}

function emptyObject(): GrowingObject {
  const object: GrowingObject = Object.create(null);
  return object;
}

type Step = string | number;

/** `$.a['b c'][0]` as steps. */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (const match of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g)) {
    const [, name, index, single, double] = match;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return steps;
}

function valueOf(piece: JsonObject): string | number | boolean | null | undefined {
  if (piece['nullValue'] !== undefined) return null;
  const flag = piece['boolValue'];
  if (typeof flag === 'boolean') return flag;
  return stringField(piece, 'stringValue') ?? numberField(piece, 'numberValue');
}

function put(root: GrowingObject, path: readonly Step[], value: string | number | boolean | null): void {
  let at: Growing[] | GrowingObject = root;
  path.forEach((step, depth) => {
    const known = read(at, step);
    if (depth === path.length - 1) {
      // A text comes in pieces of its own.
      write(at, step, typeof known === 'string' && typeof value === 'string' ? known + value : value);
      return;
    }
    const next = isContainer(known) ? known : typeof path[depth + 1] === 'number' ? [] : emptyObject();
    if (next !== known) write(at, step, next);
    at = next;
  });
}

function isContainer(value: Growing | undefined): value is Growing[] | GrowingObject {
  return typeof value === 'object' && value !== null;
}

function read(container: Growing[] | GrowingObject, step: Step): Growing | undefined {
  return Array.isArray(container) ? container[Number(step)] : container[step];
}

/** Arrays grow by one at most: an index from outside must not decide how much memory is taken. */
function write(container: Growing[] | GrowingObject, step: Step, value: Growing): void {
  if (Array.isArray(container)) container[Math.min(Number(step) || 0, container.length)] = value;
  else container[step] = value;
}
