import type { ModelParametersEntry } from '@turnpike/contract/config-names';
import type { Parameters } from '../core/parameters.ts';

/** What a document sets in requests, in the gateway's own words. Undefined: nothing. */
export function parametersOf(entry: ModelParametersEntry | undefined): Parameters | undefined {
  if (!entry || Object.values(entry).every((value) => value === undefined)) return undefined;
  return Object.freeze({
    ...(entry.reasoning_effort === undefined ? {} : { reasoningEffort: entry.reasoning_effort }),
    ...(entry.max_output_tokens === undefined ? {} : { maxOutputTokens: entry.max_output_tokens }),
    ...(entry.temperature === undefined ? {} : { temperature: entry.temperature }),
    ...(entry.top_p === undefined ? {} : { topP: entry.top_p }),
    ...(entry.verbosity === undefined ? {} : { verbosity: entry.verbosity }),
    ...(entry.service_tier === undefined ? {} : { serviceTier: entry.service_tier }),
  });
}
