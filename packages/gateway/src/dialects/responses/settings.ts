import { given } from '../shared/given.ts';
import { createLossList } from '../shared/losses.ts';
import { withoutOmitted } from '../shared/omit.ts';
import { asEdits, objectAt, type SettingsWriter } from '../shared/settings.ts';
import { fitEffort } from './fit-effort.ts';

export const writeSettings: SettingsWriter = (settings, fields, target) => {
  const losses = createLossList();
  const { reasoningEffort: effort, temperature, topP, verbosity, serviceTier } = settings;
  const reasons = target.abilities.reasoning !== false;
  if (effort !== undefined && !reasons) losses.hint('reasoning.effort', 'the model does not reason');
  const written = {
    ...(effort !== undefined && reasons
      ? { reasoning: { ...objectAt(fields, 'reasoning'), effort: fitEffort(effort, target, losses) } }
      : {}),
    ...given('temperature', temperature),
    ...given('top_p', topP),
    ...(verbosity === undefined ? {} : { text: { ...objectAt(fields, 'text'), verbosity } }),
    ...given('service_tier', serviceTier),
  };
  return asEdits(withoutOmitted(written, target, losses), [], losses);
};
