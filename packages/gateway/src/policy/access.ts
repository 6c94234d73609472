import { Failure } from '../core/failure.ts';
import type { VirtualKey } from '../identity/principal.ts';

/** Refuses a model that the key may not use. Throws `model-forbidden`. */
export function checkAccess(key: VirtualKey, model: string): void {
  if (mayUse(key, model)) return;
  const allowed = key.models.length === 0 ? 'no models' : key.models.join(', ');
  throw new Failure('model-forbidden', `The virtual key "${key.name}" may not use "${model}". It may use: ${allowed}.`);
}

/** Whether the key may ask for this model name. */
export function mayUse(key: VirtualKey, model: string): boolean {
  return key.models.some((pattern) => matches(pattern, model));
}

/** `*` stands for any run of characters, also an empty one; everything else for itself. */
export function matches(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - tail.length;
}
