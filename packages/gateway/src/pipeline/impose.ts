import type { CanonicalRequest, ClientDialectName, ReasoningSettings } from '../core/items.ts';
import { type JsonObject, parseJson } from '../core/json.ts';
import type { Loss } from '../core/loss.ts';
import type { Parameters } from '../core/parameters.ts';
import type { EncodeTarget, TopFields } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import type { SettingEdits, Settings } from '../dialects/shared/settings.ts';

/** What is imposed on a request, whatever its caller says: what the configuration sets, and the longest answer that there is room for. */
export interface Imposed {
  readonly parameters?: Parameters | undefined;
  readonly outputTokens?: number | undefined;
}

/** The request in canonical form with what is imposed on it. */
export function impose(request: CanonicalRequest, imposed: Imposed): CanonicalRequest {
  if (!imposed.parameters && imposed.outputTokens === undefined) return request;
  const { reasoningEffort, maxOutputTokens: _, ...settings } = imposed.parameters ?? {};
  const limit = limitOf(request.maxOutputTokens, imposed);
  return {
    ...request,
    ...settings,
    ...(reasoningEffort === undefined ? {} : { reasoning: withEffort(request.reasoning, reasoningEffort) }),
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
  };
}

function withEffort(reasoning: ReasoningSettings | undefined, effort: string): ReasoningSettings {
  const { budgetTokens: _, ...others } = reasoning ?? {};
  return { ...others, effort };
}

/** The limit that must be said. Undefined: what the caller says will do. */
function limitOf(asked: number | undefined, { parameters, outputTokens }: Imposed): number | undefined {
  const limit = Math.min(
    outputTokens ?? Number.POSITIVE_INFINITY,
    parameters?.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const isSaid = asked !== undefined && asked >= 0 && asked <= limit;
  return limit === Number.POSITIVE_INFINITY || isSaid ? undefined : limit;
}

const nothing: SettingEdits = { replace: {}, remove: [], losses: [] };

/** The same as changes to a request's top-level fields, in its own dialect. */
export function imposedEdits(
  imposed: Imposed,
  request: { readonly dialect: ClientDialectName; readonly fields: TopFields; readonly mayLimit: boolean },
  target: EncodeTarget,
): SettingEdits {
  if (!imposed.parameters && imposed.outputTokens === undefined) return nothing;
  const { fields } = request;
  const dialect = dialects[request.dialect];
  const settings = settingsOf(imposed);
  const set = settings ? dialect.writeSettings(settings, fields, target) : nothing;
  const after: TopFields = (key) => {
    const text = set.replace[key];
    return text === undefined ? fields(key) : Buffer.from(text);
  };
  const { outputLimit } = dialect;
  const limit = request.mayLimit ? limitOf(outputLimit.asked(after), imposed) : undefined;
  return limit === undefined
    ? set
    : { ...set, replace: { ...set.replace, ...outputLimit.edits(limit, after, target) } };
}

function settingsOf({ parameters }: Imposed): Settings | undefined {
  const { maxOutputTokens: _, ...settings } = parameters ?? {};
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/**
 * A translated body in the caller's own dialect, with what the configuration sets. Callers get back there what they wrote, also where the canonical
 * form says something else.
 */
export function imposeInside(
  encoded: { readonly body: JsonObject; readonly losses: readonly Loss[] },
  imposed: Imposed,
  dialect: ClientDialectName,
  target: EncodeTarget,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const settings = settingsOf(imposed);
  if (!settings) return encoded;
  const { body } = encoded;
  const fields: TopFields = (key) => (body[key] === undefined ? undefined : Buffer.from(JSON.stringify(body[key])));
  const { replace, remove, losses } = dialects[dialect].writeSettings(settings, fields, target);
  const kept = Object.entries(body).filter(([key]) => !remove.includes(key));
  const set = Object.entries(replace).map(([key, text]) => [key, parseJson(text) ?? null]);
  const known = new Set(encoded.losses.map(({ what }) => what));
  return {
    body: Object.fromEntries([...kept, ...set]),
    losses: [...encoded.losses, ...losses.filter(({ what }) => !known.has(what))],
  };
}
