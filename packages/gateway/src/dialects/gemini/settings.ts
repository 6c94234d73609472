import { isJsonObject, type JsonObject, unknownFields } from '../../core/json.ts';
import { given } from '../shared/given.ts';
import { createLossList } from '../shared/losses.ts';
import { asEdits, objectAt, type SettingsWriter } from '../shared/settings.ts';
import { snakeCase } from './field-names.ts';
import { thinkingConfigOf, traitsOf } from './model-traits.ts';

export const writeSettings: SettingsWriter = (settings, fields, target) => {
  const losses = createLossList();
  const { reasoningEffort: effort, temperature, topP, verbosity, serviceTier } = settings;
  if (verbosity !== undefined) losses.hint('text.verbosity', 'Gemini has no verbosity');
  if (serviceTier !== undefined) losses.hint('service_tier', 'service tiers are vendor-specific');
  const parent = fields('generation_config') === undefined ? 'generationConfig' : 'generation_config';
  const config = objectAt(fields, parent);
  const thinking =
    effort === undefined ? undefined : thinkingConfigOf({ effort }, traitsOf(target.model), target.abilities);
  if (effort !== undefined && effort !== 'none' && !thinking)
    losses.hint('reasoning.effort', 'the model does not think');
  const set = {
    ...given('temperature', temperature),
    ...given('topP', topP),
    ...(thinking ? { thinkingConfig: { ...shownAsBefore(config), ...thinking } } : {}),
  };
  if (Object.keys(set).length === 0) return asEdits({}, [], losses);
  return asEdits({ [parent]: { ...without(config, Object.keys(set)), ...set } }, [], losses);
};

/** What a caller says of thinking besides how much. */
function shownAsBefore(config: JsonObject): JsonObject {
  const own = config['thinkingConfig'] ?? config['thinking_config'];
  return isJsonObject(own) ? without(own, ['thinkingLevel', 'thinkingBudget']) : {};
}

/** Without these fields, in either spelling. */
function without(object: JsonObject, names: readonly string[]): JsonObject {
  return unknownFields(object, new Set(names.flatMap((name) => [name, snakeCase(name)]))) ?? {};
}
