import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import type { EncodeScope } from './encode-scope.ts';
import { thinkingConfigOf } from './model-traits.ts';
import { fitSchema } from './schema.ts';
import { ownExtra } from './types.ts';

export interface EncodedGeneration {
  readonly config?: JsonObject;
  /** What the model must be told in words, because the model cannot be bound to it. */
  readonly instruction?: string;
}

/** `generationConfig`: sampling, limits, thinking and the form of the answer. */
export function encodeGeneration(scope: EncodeScope): EncodedGeneration {
  const { request, target } = scope;
  const format = encodeFormat(scope);
  const thinking = encodeThinking(scope);
  const limit = Math.min(
    request.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    target.abilities.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const own = ownExtra(request.extra)['generationConfig'];
  const config: { [field: string]: Json | undefined } = {
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: limit }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { topP: request.topP }),
    ...(request.topK === undefined ? {} : { topK: request.topK }),
    ...(request.stop === undefined ? {} : { stopSequences: request.stop }),
    // A caller's own schema in Gemini's older form stands alone.
    ...(isJsonObject(own) && own['responseSchema'] !== undefined ? { responseMimeType: jsonType } : format.fields),
    ...(thinking ? { thinkingConfig: thinking } : {}),
    ...(isJsonObject(own) ? own : {}),
  };
  noteUnsaid(scope);
  return {
    ...(Object.keys(config).length > 0 ? { config } : {}),
    ...(format.instruction === undefined ? {} : { instruction: format.instruction }),
  };
}

function noteUnsaid(scope: EncodeScope): void {
  const { request } = scope;
  if (request.verbosity !== undefined) scope.losses.hint('text.verbosity', 'Gemini has no verbosity');
  if (request.serviceTier !== undefined) scope.losses.hint('service_tier', 'service tiers are vendor-specific');
  if (request.parallelToolCalls === false && scope.tools.flat.length > 0) {
    scope.losses.hint('parallel_tool_calls', 'Gemini cannot be held to one call at a time');
  }
}

function encodeThinking(scope: EncodeScope): JsonObject | undefined {
  const settings = scope.request.reasoning;
  if (!settings) return undefined;
  const config = thinkingConfigOf(settings, scope.traits, scope.target.abilities);
  if (!config) {
    if (settings.effort !== undefined && settings.effort !== 'none') {
      scope.losses.hint('reasoning.effort', 'the model does not think');
    }
    return undefined;
  }
  const whole: JsonObject = { ...config, ...ownExtra(settings.extra) };
  return Object.keys(whole).length > 0 ? whole : undefined;
}

const jsonType = 'application/json';

interface EncodedFormat {
  readonly fields: JsonObject;
  readonly instruction?: string;
}

/** JSON answers: bound by schema where the model allows it, else asked for in words. */
function encodeFormat(scope: EncodeScope): EncodedFormat {
  const format = scope.request.outputFormat;
  if (!format) return { fields: {} };
  if (format.type === 'text') return { fields: { responseMimeType: 'text/plain' } };
  if (!canBind(scope)) {
    scope.losses.hint(
      'output.schema',
      'the model cannot be bound to JSON while it has tools; it is asked for it in words',
    );
    const schema =
      format.type === 'json-schema' ? ` that matches this JSON Schema:\n${JSON.stringify(format.schema)}` : '.';
    return { fields: {}, instruction: `Your final answer must be a single JSON value and nothing else${schema}` };
  }
  if (format.type === 'json') return { fields: { responseMimeType: jsonType } };
  const { schema, lossy } = fitSchema(format.schema);
  if (lossy) scope.losses.hint('output.schema', 'a schema that refers to itself is told as any object');
  return { fields: { responseMimeType: jsonType, responseJsonSchema: schema } };
}

/**
 * "Function calling with a response mime type: 'application/json' is unsupported" before Gemini 3,
 * "Forced function calling (ANY mode) with a response mime type …" since. Both are 400.
 */
function canBind({ request, traits, tools }: EncodeScope): boolean {
  if (tools.flat.length === 0) return true;
  const mode = request.toolChoice?.mode;
  return traits.atLeast3 && mode !== 'required' && mode !== 'tool';
}
