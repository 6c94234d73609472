import { type JsonObject, unknownFields } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import type { LossList } from './losses.ts';

/** A body without the top-level fields that this vendor refuses. Each is a hint lost. */
export function withoutOmitted(body: JsonObject, { issuer, quirks }: EncodeTarget, losses: LossList): JsonObject {
  const omitted = new Set((quirks.omit ?? []).filter((field) => body[field] !== undefined));
  if (omitted.size === 0) return body;
  for (const field of omitted) losses.hint(field, `${issuer} refuses the field`);
  return unknownFields(body, omitted) ?? {};
}
