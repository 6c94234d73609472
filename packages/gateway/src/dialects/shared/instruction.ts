import type { OutputFormat } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';

/** A wanted form of the answer in words, for vendors that do not enforce it. */
export function instructionFor(format: Exclude<OutputFormat, { type: 'text' }>): string {
  const plain = 'Answer with one JSON object and nothing else.';
  return format.type === 'json' ? plain : `${plain} It must match this JSON Schema:\n${JSON.stringify(format.schema)}`;
}

/** Puts an instruction behind the leading system messages: strict servers want them first, and the prefix stays the same from turn to turn. */
export function withInstruction(
  messages: readonly JsonObject[],
  instruction: string | undefined,
): readonly JsonObject[] {
  if (instruction === undefined) return messages;
  const at = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const head = at === -1 ? messages : messages.slice(0, at);
  return [...head, { role: 'system', content: instruction }, ...messages.slice(head.length)];
}
