import type { OutputFormat } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeScope } from './part-encoder.ts';
import { given } from '../shared/given.ts';

/** A wanted form of the answer: as a field where the vendor enforces it, in words where it does not. */
export interface EncodedFormat {
  readonly field: JsonObject;
  /** To be told in a system message. */
  readonly instruction?: string;
}

export function encodeFormat(format: OutputFormat, scope: EncodeScope): EncodedFormat {
  if (format.type === 'text') return { field: {} };
  const kind = scope.target.quirks.structuredOutput ?? 'json_schema';
  if (kind === 'none')
    scope.losses.hint('text.format', `${scope.target.issuer} does not enforce it; the model is told`);
  const jsonMode = kind === 'none' ? {} : { response_format: { type: 'json_object' } };
  if (format.type === 'json') {
    return kind === 'none'
      ? { field: {}, instruction: 'Answer with one JSON object and nothing else.' }
      : { field: jsonMode };
  }
  if (kind === 'json_schema')
    return { field: { response_format: { type: 'json_schema', json_schema: schemaBody(format) } } };
  scope.losses.hint('text.format', `${scope.target.issuer} does not enforce the schema; the model is told`);
  const instruction = `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(format.schema)}`;
  return { field: jsonMode, instruction };
}

function schemaBody(format: Extract<OutputFormat, { type: 'json-schema' }>): JsonObject {
  return {
    name: format.name,
    ...given('description', format.description),
    schema: format.schema,
    ...given('strict', format.strict),
  };
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
