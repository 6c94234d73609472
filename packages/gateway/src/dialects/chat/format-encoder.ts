import type { OutputFormat } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeScope } from './part-encoder.ts';
import { given } from '../shared/given.ts';
import { instructionFor } from '../shared/instruction.ts';

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
    return kind === 'none' ? { field: {}, instruction: instructionFor(format) } : { field: jsonMode };
  }
  if (kind === 'json_schema')
    return { field: { response_format: { type: 'json_schema', json_schema: schemaBody(format) } } };
  scope.losses.hint('text.format', `${scope.target.issuer} does not enforce the schema; the model is told`);
  return { field: jsonMode, instruction: instructionFor(format) };
}

function schemaBody(format: Extract<OutputFormat, { type: 'json-schema' }>): JsonObject {
  return {
    name: format.name,
    ...given('description', format.description),
    schema: format.schema,
    ...given('strict', format.strict),
  };
}
