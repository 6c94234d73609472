import { isJsonObject } from '../../core/json.ts';
import { given } from '../shared/given.ts';
import { createLossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { asEdits, objectAt, type SettingsWriter } from '../shared/settings.ts';
import { openaiSettings } from './openai-settings.ts';
import { encodeReasoning } from './reasoning-encoder.ts';

export const writeSettings: SettingsWriter = (settings, fields, target) => {
  const losses = createLossList();
  const { reasoningEffort: effort, temperature, topP, ...others } = settings;
  const scope = { target, losses };
  const asked = effort === undefined ? {} : encodeReasoning({ effort }, scope);
  const { max_tokens: _, ...kept } = objectAt(fields, 'reasoning');
  const written = {
    ...asked,
    // OpenRouter's form holds more than the effort, and takes no budget beside it.
    ...(isJsonObject(asked['reasoning']) ? { reasoning: { ...kept, ...asked['reasoning'] } } : {}),
    ...given('temperature', temperature),
    ...given('top_p', topP),
    ...openaiSettings(others, scope),
  };
  const remove = effort === undefined ? [] : ['reasoning_effort', 'reasoning'].filter((key) => fields(key));
  return asEdits(withoutOmitted(written, target, losses), remove, losses);
};
