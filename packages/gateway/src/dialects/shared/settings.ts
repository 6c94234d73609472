import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { Loss } from '../../core/loss.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { EncodeTarget, TopFields } from '../dialect.ts';
import type { LossList } from './losses.ts';

/** How a model is to answer, beside how long its answer may be. */
export type Settings = Omit<Parameters, 'maxOutputTokens'>;

/** Changes to a request's top-level fields, so that the express lane can make them. */
export interface SettingEdits {
  /** New values as JSON text, by key. */
  readonly replace: Readonly<Record<string, string>>;
  /** Keys to take out, unless they are in `replace`. */
  readonly remove: readonly string[];
  /** What cannot be set at this target. */
  readonly losses: readonly Loss[];
}

/** Sets in a request what the configuration wants, whatever the caller has said, as far as the target takes it. */
export type SettingsWriter = (settings: Settings, fields: TopFields, target: EncodeTarget) => SettingEdits;

/** A top-level object; an empty one where the field is missing or something else. */
export function objectAt(fields: TopFields, key: string): JsonObject {
  const value = parseJson(fields(key)?.toString('utf8') ?? '');
  return isJsonObject(value) ? value : {};
}

/** Fields of a body as changes to it. */
export function asEdits(written: JsonObject, remove: readonly string[], losses: LossList): SettingEdits {
  const fields = Object.entries(written).map(([key, value]) => [key, JSON.stringify(value)]);
  return { replace: Object.fromEntries(fields), remove, losses: losses.all() };
}
